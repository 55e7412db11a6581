/// Every contract there is.
let contracts: [Contract] = [
  arithmeticContracts, elementwiseContracts, functionContracts, activationContracts,
  choiceContracts, productContracts, batchContracts, reductionContracts, statisticContracts,
  softmaxContracts, viewContracts, joiningContracts, indexingContracts, lookupContracts,
  dropoutContracts, lossContracts, pairLossContracts, convolutionContracts, windowContracts,
  normalizationContracts,
].flatMap(\.self)
