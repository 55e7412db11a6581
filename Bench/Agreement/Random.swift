import Neuronika

/// The parts without chance: dropout in use, and of nothing or all in training.
let randomFamily = Family(
  "Random",
  [
    "dropout": { draw in
      let mode = TrainingMode()
      mode.isTraining = draw.tell("isTraining", draw.once(in: 2))
      let probability = mode.isTraining ? draw.pick([0, 1]) : draw.float(0...1)
      return draw.real(draw.shape())
        .dropout(probability: draw.tell("probability", probability), mode: mode)
    }
  ])
