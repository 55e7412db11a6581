/// Every contract there is.
let contracts: [Contract] = [
  arithmeticContracts, elementwiseContracts, functionContracts, activationContracts,
  choiceContracts, productContracts, batchContracts, reductionContracts, statisticContracts,
  softmaxContracts, viewContracts, joiningContracts, indexingContracts, dropoutContracts,
  lossContracts, convolutionContracts, windowContracts, normalizationContracts,
].flatMap(\.self)
