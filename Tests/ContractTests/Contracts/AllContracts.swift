/// Every contract there is.
let contracts =
  arithmeticContracts + elementwiseContracts + productContracts + reductionContracts
  + softmaxContracts + viewContracts + lossContracts + joiningContracts + indexingContracts
