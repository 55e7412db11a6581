/// Every contract there is.
let contracts: [Contract] = [
  arithmeticContracts, elementwiseContracts, functionContracts, activationContracts,
  choiceContracts, productContracts, moreProductContracts, reductionContracts,
  moreReductionContracts, softmaxContracts, viewContracts, joiningContracts, indexingContracts,
  lossContracts,
].flatMap(\.self)
