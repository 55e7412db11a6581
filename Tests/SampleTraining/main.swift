//: # Trainings that are interrupted

import Neuronika
import NeuronikaTutorialKit
import NeuronikaTutorials

let notebook = try Notebook.start(Options.self)
let training = try noise(seed: notebook.seed, count: 100)
let validation = try noise(seed: notebook.seed + 1, count: 30)
notebook.data("noise", sha256: "00")
var stepsMade = 0

func train(_ model: any Layer, as name: String) {
  let loader = Loader(training.reshaped(to: [16]), batchSize: 8, seed: notebook.seed)
  let optimizer = Adam(model.parameters, learningRate: notebook[\.learningRate])
  let schedule = OneCycleLR(optimizer, over: notebook[\.epochs] * loader.count)
  let training = Training(
    notebook, name, of: model, by: optimizer, schedule: schedule, on: loader,
    epochs: notebook[\.epochs])
  for epoch in training.epochs {
    for (x, y) in training.batches(of: epoch) {
      let logits = model(Var(x))
      let loss = logits.crossEntropy(Var(y))
      loss.backward()
      optimizer.step()
      optimizer.zeroGrad()
      schedule.step()
      stepsMade += 1
      if stepsMade == notebook.options.step { notebook.options.interruption.take() }
      training.step(loss: loss.item, accuracy: accuracy(logits.data, y))
    }
    training.validated(Scores(model, on: validation.reshaped(to: [16])))
  }
}

//: Dropout takes its numbers from the generator that all share.

let model = withSeed(notebook.seed) {
  Sequential {
    Linear(16, 8)
    Dropout(0.2)
    Relu()
    Linear(8, 3)
  }
}
train(model, as: "train-first")

//: The second training begins with what the first one has learned.

train(model, as: "train")
let scores = Scores(model, on: validation.reshaped(to: [16]))
notebook.metric("loss", scores.loss)
try Safetensors(model.state).write(to: notebook.directory + "/model.safetensors")
