// The face of the library: one `import Neuronika` brings all rooms that a program uses.

@_exported import NeuronikaCheckpoints
@_exported import NeuronikaDatasets
@_exported import NeuronikaExecution
@_exported import NeuronikaGraphs
@_exported import NeuronikaNN
@_exported import NeuronikaOptim
@_exported import NeuronikaTensors
@_exported import NeuronikaVariables
