//: # A multilayer perceptron reads digits
//:
//: Nobody can write down what makes a 7. There are slanted ones and crossed ones, ones that are
//: nearly a 1, and the rule that lets them all in lets half of the 9s in too. So we don't write a
//: rule. We take a function with a few hundred thousand numbers in it that we are free to choose,
//: show it thousands of digits with the right answers, and change the numbers, a little at a time,
//: in the direction that makes the answers better.
//:
//: The function here is the simplest that deserves the name of a neural network. We look at the
//: data, build the network, make sure that it can learn anything at all, train it, and then spend
//: most of the time on what people tend to skip: reading what it got wrong, and why.

import Foundation  //#hide
import Neuronika
import NeuronikaCharts
import NeuronikaTutorialKit
import NeuronikaTutorials  // what the tutorials on digits share

let notebook = try Notebook.start(Options.self)

//: ## The digits
//:
//: A digit is a grey image of 28 × 28 pixels, a number from 0 for the ground to 1 for ink in each.
//: We keep three parts: one to learn from, one to look at while learning, and one that is looked at
//: a single time, at the end.

if let threads = notebook.options.run.threads { setThreads(threads) }  //#hide
let digits = notebook.readDigits(notebook.options.digits)
let parts = DigitParts(digits, limit: notebook.isQuick ? 4_000 : nil, seed: notebook.seed)
notebook.table(
  [
    ["training", parts.training.count], ["validation", parts.validation.count],
    ["test", parts.test.count],
  ],
  headers: ["part", "images"])
let classes = digits.classNames.count  //#hide

//: Always look at the data first. Ten of each, and below them the mean of all training images of
//: that class:

let examples = digitColumns(parts.training, classes: classes, rows: 10)
notebook.image(
  Image.grid(examples.images + examples.means, columns: classes, scale: 2),
  alt: "Ten training images of each digit in columns, and in the last row the mean image of each "
    + "digit.",
  caption: "A column is a digit; its last image is the mean of that digit. What differs from image "
    + "to image is blurred in the means; what is left is all that a template could know.",
  name: "digits")

//: ## What has to be beaten
//:
//: The simplest classifier gives each class $k$ a template $w_k$ and a *logit*
//: $z_k = w_k^\top x + b_k$: how much ink lies where the template wants some. The *softmax* turns
//: ten logits into ten probabilities,
//:
//: $$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}},$$
//:
//: and the loss of an image whose class is $y$ is its surprise at the right answer, the
//: *cross-entropy* $L = -\ln p_y$. Its derivative is the reason why the two belong together:
//:
//: $$\frac{\partial L}{\partial z_k}
//: = \frac{\partial}{\partial z_k} \left( \ln \sum_j e^{z_j} - z_y \right) = p_k - [k = y] .$$
//:
//: Whatever probability a wrong class got is what pushes its logit down. `crossEntropy` takes the
//: logits and computes both steps in one, because $e^{100}$ is no number for a `Float` but
//: $\ln \sum_j e^{z_j}$ is, once the largest logit is taken out of the sum.
//:
//: How do we find the numbers? Take a few images at a time, a *batch*; `backward()` computes the
//: gradient $g$ of their mean loss for every number $\theta$; and a step of stochastic gradient
//: descent with momentum is
//:
//: $$v \leftarrow \mu v + g, \qquad \theta \leftarrow \theta - \eta\, v .$$
//:
//: The velocity $v$ averages over the last $1/(1-\mu) = 10$ batches: what they agree on adds up,
//: their noise cancels. The learning rate $\eta$ climbs for the first third of the training, while
//: the weights are still far from anything good, and then falls to nearly nothing, so that they come
//: to rest.

func train(_ model: any Layer, as name: String) -> Training<Options> {
  let loader = Loader(
    parts.training.reshaped(to: [784]), batchSize: notebook[\.batchSize], seed: notebook.seed)
  let optimizer = SGD(
    model.parameters, learningRate: notebook[\.learningRate], momentum: 0.9)
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
      training.step(loss: loss.item, accuracy: accuracy(logits.data, y))
    }
    training.validated(Scores(model, on: parts.validation.reshaped(to: [784])))
  }
  return training
}

//: That is the whole of it. The templates first:

let templates = withSeed(notebook.seed) { Linear(784, classes) }
_ = train(templates, as: "train-linear")
let test = parts.test.reshaped(to: [784])
let linearScores = Scores(templates, on: test)
notebook.metric("linear_accuracy", linearScores.accuracy)  //#expect linear_accuracy
notebook.image(
  Image.weights(
    templates.weight.data.rows, width: 28, height: 28, columns: 5, scale: 4,
    captions: digits.classNames),
  alt: "The ten learned templates: each digit's shape in vermilion, surrounded by blue.",
  caption: "The templates. Vermilion is where ink speaks for the class, blue where it speaks "
    + "against it.",
  name: "templates")

//: {{linear_accuracy|percent}} of the test images are read correctly by ten templates. A digit that is
//: moved, slanted or of another style does not lie where the template is, and adding more
//: templates on top does not help by itself: a weighted sum of weighted sums is a weighted sum again.
//:
//: ## A hidden layer
//:
//: So something has to happen between two sums. The *rectifier* $\max(0, z)$, applied to each
//: number, is the cheapest thing that is not linear. A layer of such units asks many small questions,
//: "is there a stroke like this one, here?", and the next layer sums over the answers. Two hidden
//: layers of 256 and 64 units make up our network:

struct Perceptron: Layer {
  let first: Linear
  let second: Linear
  let output: Linear

  init(pixels: Int = 784, classes: Int) {
    first = Linear(pixels, 256)
    second = Linear(256, 64)
    output = Linear(64, classes)
    for layer in [first, second] { layer.weight.initialize(.kaimingNormal()) }
  }

  var children: Children { ["first": first, "second": second, "output": output] }

  func callAsFunction(_ x: some Variable) -> VarDiff {
    output(second(first(x).relu()).relu())
  }
}

let network = withSeed(notebook.seed) { Perceptron(classes: classes) }
print(network)
notebook.metric("parameters", Double(network.parameterCount))

//: The weights begin at random, but not anyhow. A unit sums over $n$ inputs; if these have variance
//: $s^2$ and the weights variance $\sigma^2$, the sum has variance $n \sigma^2 s^2$, of which the
//: rectifier leaves half. With $\sigma^2 = 2/n$ (He et al., 2015) the signal neither dies out nor
//: explodes from layer to layer. `.kaimingNormal()` draws from just that.
//:
//: ## Two tests that cost nothing
//:
//: A network that has seen nothing should not favour any class: its loss should lie near that of
//: guessing, $\ln {{classes|integer}} = {{guessing|fixed 3}}$.

let untrained = Scores(network, on: parts.validation.reshaped(to: [784]))
notebook.metric("classes", Double(classes))
notebook.metric("guessing", log(Double(classes)))
notebook.metric("untrained_loss", untrained.loss)

//: It is {{untrained_loss|fixed 3}}. The second test: *learn one batch by heart*. A few hundred steps
//: on the same 32 images must bring the loss to nearly zero; if they don't, there is a mistake in the
//: model, the loss or the gradient, and no amount of data will mend it.

let (fewImages, fewLabels) = parts.training.reshaped(to: [784]).batch(0..<32)
let student = withSeed(notebook.seed) { Perceptron(classes: classes) }
let memorising = SGD(student.parameters, learningRate: 0.05, momentum: 0.9)
var memory: [Float] = []
for _ in 1...200 {
  let loss = student(Var(fewImages)).crossEntropy(Var(fewLabels))
  loss.backward()
  memorising.step()
  memorising.zeroGrad()
  memory.append(loss.item)
}
notebook.metric("memorised_loss", Double(memory.last!))

var byHeart = Figure(title: "One batch, learned by heart", height: 420)
byHeart.panel(xLabel: "step", yLabel: "loss [nats]", yScale: .log) { panel in
  panel.line(Array(1...memory.count).map(Float.init), memory, label: "", style: .thick)
}
notebook.figure(
  byHeart,
  alt: "The loss on one batch falls over 200 steps from the loss of guessing to nearly zero.",
  caption: "The loss on the same 32 images, again and again.",
  name: "one-batch")

//: It ends at {{memorised_loss|scientific 1}}: model, loss and gradient work together.
//:
//: ## Training
//:
//: Now all of it, with the function from above. We keep a copy of the first layer's weights, to see
//: later what became of them.

let firstWeights = network.first.weight.data
let training = train(network, as: "train")
notebook.timing("train", training.duration)
notebook.figure(
  Figure.trainingCurves(training.curves, title: "Training of the perceptron"),
  alt: "Loss and accuracy against the training step: noisy values of each batch, their mean, and "
    + "those of the validation images after each epoch.",
  caption: "The gap between training and validation is what the network knows by heart.",
  name: "curves")

//: ## How good is it?

let scores = Scores(network, on: test)
let count = Double(test.count)
let deviation = (scores.accuracy * (1 - scores.accuracy) / count).squareRoot()
let trainingScores = Scores(network, on: parts.training.reshaped(to: [784]))
notebook.metric("test_accuracy", scores.accuracy)  //#expect test_accuracy
notebook.metric("test_loss", scores.loss)
notebook.metric("standard_error", deviation)
notebook.metric("training_accuracy", trainingScores.accuracy)
notebook.metric("mistakes", (count * (1 - scores.accuracy)).rounded())

//: **{{test_accuracy|percent 2}}** of the test images are read correctly, and {{mistakes|integer}} are not.
//: An accuracy is a count of coin tosses: with so many images its standard error is
//: {{standard_error|percent 2}}, so a difference smaller than twice that means nothing. On the images
//: it learned from it is right for {{training_accuracy|percent 2}}: it could not do much better there,
//: and still errs on what it has not seen. More steps would not help; more data, or knowing something
//: about images, would.

let confusion = ConfusionMatrix(scores.logits, scores.labels)
notebook.figure(
  Figure.confusionMatrix(
    confusion.counts, classes: digits.classNames, title: "What was taken for what"),
  alt: "Confusion matrix of the test images: counts for each true and predicted digit, with the "
    + "errors coloured.",
  name: "confusion")

//: ## The worst mistakes
//:
//: A mean hides what matters, so look at single images: those with the highest loss, where the network
//: was most certain of something wrong.

let worst = highestLosses(scores, on: parts.test, classNames: digits.classNames, count: 24)
notebook.image(
  Image.grid(worst.images, columns: 6, scale: 4, captions: worst.captions),
  alt: "The test images with the highest loss, captioned with the true digit, the digit that each "
    + "was taken for, and the probability given to the latter.",
  caption: "True class → what it was taken for, and with what probability.", name: "mistakes")

//: Some of them a person would get wrong as well; with those nothing is to be done, and a model that
//: gets them right has learned somebody's handwriting by heart. The others are plain digits in an
//: unusual place, slant or weight: the network knows strokes only *where it has seen them*.
//:
//: ## What the first layer looks for
//:
//: The weights into a hidden unit are an image, as the templates were. Before training they are
//: noise. Afterwards:

let strongest = strongestUnits(network.second.weight.data, count: 16)
let after = network.first.weight.data.rows
notebook.image(
  Image.weights(
    strongest.map { firstWeights.rows[$0] } + strongest.map { after[$0] }, width: 28, height: 28,
    columns: 8, scale: 3),
  alt: "Weights of 16 hidden units as images, before and after training: noise above, and below it "
    + "strokes and edges on a ground of the same noise.",
  caption:
    "The 16 units whose answers the next layer weighs most: before training (two rows above) "
    + "and after it (two rows below), on one scale.",
  name: "first-layer")

//: Pixels near the border never have ink in them, so their gradient is always zero and the noise that
//: they began with is still there. In the middle there are pieces of strokes, with their opposite
//: beside them, each at one place. Nothing in the network knows that a stroke three pixels further
//: left is the same stroke.
//:
//: ## Does it know when it doesn't know?
//:
//: The network gives probabilities. They are honest, *calibrated*, if of all the images on which it
//: says 90 % it is right on 90 %. We sort the test images by the probability of the answer into bins and
//: compare:

let reliability = Reliability(scores, bins: 10)
notebook.metric("calibration_error", reliability.expectedError)
notebook.metric("confidence", reliability.confidence)

var calibration = Figure(title: "Confidence against accuracy", height: 900)
calibration.panel(
  xLabel: "probability of the answer, mean of the bin", yLabel: "share of right answers",
  xLimits: 0...1.02, yLimits: 0...1.02, share: 3
) { panel in
  panel.diagonal(label: "honest")
  panel.errorBars(
    reliability.confidences, reliability.accuracies, lower: reliability.lower,
    upper: reliability.upper, label: "test images, with 95 % intervals")
}
calibration.panel(
  xLabel: "probability of the answer", yLabel: "images", yScale: .log, xLimits: 0...1.02
) { panel in
  panel.histogram(reliability.all, bins: 20, label: "")
}
notebook.figure(
  calibration,
  alt: "Reliability diagram: share of right answers against the network's own probability, with "
    + "95 percent intervals, above a histogram of the probabilities.",
  caption: "Points below the diagonal: more certain than right. Nearly all images lie in the last "
    + "bin, which is why the others have long bars.",
  name: "calibration")

//: Weighted by how many images lie in each bin, confidence and accuracy are {{calibration_error|percent 2}}
//: apart (the *expected calibration error*); on average the network is {{confidence|percent 2}} certain
//: and {{test_accuracy|percent 2}} right. A network that is trained until it makes no mistakes on its
//: training images has no reason left to doubt, and is more certain than it should be.
//:
//: Its doubts are useful all the same. If it may hand the images on which it is least certain to a
//: person, this is what becomes of the rest:

let handedOn = [0, 0.01, 0.02, 0.05, 0.1].map { share in
  (share: share, accuracy: reliability.accuracy(withoutLeastCertain: share))
}
notebook.table(
  handedOn.map { ["\(Int($0.share * 100)) %", percentage($0.accuracy)] },
  headers: ["handed on", "accuracy of the rest"])
notebook.metric("accuracy_of_98_percent", handedOn[2].accuracy)

//: ## Keep it
//:
//: The weights go into a file that any program that reads safetensors understands, and come back
//: bit by bit:

let file = notebook.directory + "/model.safetensors"
try Safetensors(network.state).write(to: file)

let restored = Perceptron(classes: classes)
try restored.load(Safetensors(contentsOf: file).state)
notebook.show(Scores(restored, on: test).logits == scores.logits ? "the same bits" : "different")

//: ## What it can't do
//:
//: The network has never been told what an image is. Shuffle all pixels in the same way in every
//: image, and it learns just as well; a person would be lost. The price is this: move the test images by
//: a few pixels, which nobody would notice, and look again.

let moved = [0, 1, 2, 3, 4, 6].map { pixels in
  (pixels: pixels, accuracy: Scores(network, on: test.movedRight(by: pixels)).accuracy)
}
notebook.table(
  moved.map { [$0.pixels, percentage($0.accuracy)] }, headers: ["moved right, pixels", "accuracy"])
notebook.metric("moved_accuracy", moved[4].accuracy)

//: Four pixels, and {{moved_accuracy|percent}} is what is left. Two things help: showing the network
//: moved images as well (`augmented(by: [.shift(upTo: 2)])` on the training images), or building into
//: the network that a stroke is a stroke wherever it is. The second is a convolution, and the next
//: tutorial: `swift run tutorial-cnn`.
//:
//: Other things to try: `--learning-rate 0.5` (it ends badly, and the message says where), `--seed 1`
//: (how much of the result is luck?), and in the code a third layer, no hidden layer at all, or
//: `AdamW` in place of `SGD`.
