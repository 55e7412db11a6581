import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

// What the recurrent cells share: maps of what comes in and of what is remembered, whose results are
// blocks for the gates, side by side along the last axis.

/// The two maps of a cell, drawn as PyTorch draws them: all within ±√(1 / hidden).
func recurrentMaps(
  _ cell: String, _ inputs: Int, _ hidden: Int, gates: Int, bias: Bool, _ source: RandomSource
) -> (input: Linear, hidden: Linear) {
  guard inputs > 0, hidden > 0 else {
    stopProgram("\(cell): inputs and hidden are at least 1, but \(inputs) and \(hidden)")
  }
  return (
    Linear(inputs, gates * hidden, bias: bias, fan: hidden, using: source),
    Linear(hidden, gates * hidden, bias: bias, fan: hidden, using: source)
  )
}

/// The shape of a cell's state for an input; stops the program if the input is none.
func recurrentState(_ cell: String, _ input: Shape, _ maps: (input: Linear, hidden: Linear))
  -> Shape
{
  let (inputs, hidden) = (maps.input.weight.shape[1], maps.hidden.weight.shape[1])
  guard input.rank > 0, input[input.rank - 1] == inputs else {
    stopProgram("\(cell): takes [..., \(inputs)], but got \(input)\(suffix(maps.input.weight))")
  }
  return input.replacing(axis: input.rank - 1, with: hidden)
}

/// The block of one gate.
func gate(_ number: Int, of blocks: VarDiff, hidden: Int) -> VarDiff {
  blocks.strided(axis: -1, from: number * hidden, to: (number + 1) * hidden, by: 1)
}
