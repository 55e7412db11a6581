//: # A convolutional network reads digits
//:
//: A stroke is a stroke wherever it is. A multilayer perceptron doesn't know that: to it an image is
//: a list of 784 numbers in no particular order, and what it has learned about one corner says nothing
//: about another. Here we build what we know about images into the network: *neighbours belong
//: together*, and *the same thing may be anywhere*. Both are one operation, the convolution.
//:
//: We make one by hand, derive its gradient, build a network of three of them, train it, look into it,
//: and then set it beside perceptrons that may compute as much, or remember as much, to see what the
//: idea is worth.

import Foundation  //#hide
import Neuronika
import NeuronikaCharts
import NeuronikaTutorialKit
import NeuronikaTutorials  // what the tutorials on digits share

let notebook = try Notebook.start(Options.self)

//: ## The digits
//:
//: They are those of the tutorial before this one (`swift run tutorial-mlp`), in three parts: one to
//: learn from, one to look at while learning, and one for the end.

if let threads = notebook.options.run.threads { setThreads(threads) }  //#hide
let digits = notebook.readDigits(notebook.options.digits)
let parts = DigitParts(digits, limit: notebook.isQuick ? 4_000 : nil, seed: notebook.seed)
let classes = digits.classNames.count
notebook.show(
  "\(parts.training.count) to learn from, \(parts.validation.count) to look at while learning, "
    + "\(parts.test.count) for the end")

//: ## A convolution by hand
//:
//: Take a small window of weights, a *kernel* $k$, lay it on the image $x$ at some place, multiply what
//: lies on top of each other, and add it all up. Do so at every place where the kernel fits:
//:
//: $$y_{ij} = \sum_{u=0}^{K-1} \sum_{v=0}^{K-1} k_{uv}\, x_{i+u,\,j+v} .$$
//:
//: (Mathematicians call this a cross-correlation, and turn the kernel around for a convolution. A
//: network learns its kernels, so it is all the same to it.) An image of $H$ rows has room for
//: $H - K + 1$ places from top to bottom. With $P$ rows of zeros around it, and a kernel that moves by
//: $S$ rows at a time, there are
//:
//: $$H' = \left\lfloor \frac{H + 2P - K}{S} \right\rfloor + 1 .$$
//:
//: The oldest kernels were made by people. A difference of left and right answers where ink begins and
//: ends from side to side, that is to upright edges; its transpose to level ones; the Laplacian, a
//: pixel against the mean of its neighbours, to all edges and to dots.

let kernels = Tensor(
  [
    -1, 0, 1, -2, 0, 2, -1, 0, 1,  // Sobel, upright edges
    -1, -2, -1, 0, 0, 0, 1, 2, 1,  // Sobel, level edges
    0, -1, 0, -1, 4, -1, 0, -1, 0,  // Laplacian
  ], shape: [3, 1, 3, 3])
let digit = Var(parts.validation.batch(0..<1).records)  // [1, 1, 28, 28]
let edges = digit.convolution(Var(kernels), padding: 1)
notebook.image(
  Image.weights(
    ([digit.data.elements] + edges.data.reshaped(to: [3, 784]).rows).map(scaledToOne),
    width: 28, height: 28, columns: 4, scale: 6,
    captions: ["the digit", "upright edges", "level edges", "Laplacian"]),
  alt: "A digit beside what three kernels make of it: its upright edges, its level edges, and its "
    + "outline. Opposite edges of a stroke have opposite colours.",
  caption: "One digit and three kernels of 3 × 3, each scaled to a maximum of 1. An edge into ink "
    + "(vermilion) and one out of it (blue) have opposite signs.",
  name: "edges")

//: ## Why it is right for images
//:
//: Move the image by $(a, b)$: $x'_{ij} = x_{i-a,\,j-b}$. Then
//:
//: $$y'_{ij} = \sum_{u,v} k_{uv}\, x_{i+u-a,\,j+v-b} = y_{i-a,\,j-b} ,$$
//:
//: the answer moves with the image and is otherwise the same: a convolution is *equivariant*. Nothing
//: has to be learned twice. Let us see, with a digit moved by two pixels and the upright edges:

let moved = Var(parts.validation.rows(0..<1).movedRight(by: 2).batch(0..<1).records)
let here = digit.convolution(Var(kernels))  // [1, 3, 26, 26]
let there = moved.convolution(Var(kernels))
let difference = greatestDistance(
  here[.all, .all, .all, 0..<24].data, there[.all, .all, .all, 2..<26].data)
notebook.metric("equivariance_error", Double(difference))

//: The greatest difference between the moved answer and the answer to the moved image is
//: {{equivariance_error|scientific 1}}.
//:
//: And there is little to learn. A layer of 8 kernels of 5 × 5 gives 8 *maps* of 24 × 24 numbers. Any
//: linear map from the 784 pixels to these would do as a layer, and would have
//: $(784 + 1) \cdot 8 \cdot 24^2$, more than three and a half million parameters. The convolution is the
//: one in which most of them are zero (far pixels don't count) and the others are equal (all places
//: alike): $8\,(5^2 + 1) = 208$ are left.
//:
//: ## Its gradient is a convolution too
//:
//: Let $g_{ij} = \partial L / \partial y_{ij}$ arrive from above. Every weight takes part in all places,
//: so its derivative is a sum over all of them:
//:
//: $$\frac{\partial L}{\partial k_{uv}} = \sum_{i,j} g_{ij}\, x_{i+u,\,j+v} ,$$
//:
//: the image under a kernel that is as large as the answer, the kernel $g$. And the pixel $x_{ab}$ went
//: into $y_{ij}$ with the weight $k_{a-i,\,b-j}$, so
//:
//: $$\frac{\partial L}{\partial x_{ab}} = \sum_{u,v} k_{uv}\, g_{a-u,\,b-v} ,$$
//:
//: the upstream gradient under the kernel turned by half a turn, with $K - 1$ zeros around. `backward()`
//: should find the same:

let x = digit.requiresGrad()
let k = Var(kernels[0..<1]).requiresGrad()
let y = x.convolution(k)  // [1, 1, 26, 26]
let g = withSeed(notebook.seed) { Var.randn(1, 1, 26, 26) }
(y * g).backward()  // differentiates the sum of its elements

withoutGradients {
  let kernel = digit.convolution(g).data
  let image = g.convolution(Var(kernels[0..<1]).flip(axes: 2, 3), padding: 2).data
  notebook.table(
    [
      ["kernel", greatestDistance(k.grad, kernel)], ["image", greatestDistance(x.grad, image)],
    ],
    headers: ["gradient of the", "greatest difference"])
}

//: What is left is rounding: the sums are the same, their order may differ.
//:
//: ## The network
//:
//: Three times the same four steps, and then ten weighted sums. Each step has its reason:
//:
//: - **Convolution.** With several maps coming in, a kernel has a slice for each of them, and a map that
//:   goes out adds up what all slices answer: a corner is an upright edge *and* a level one.
//: - **Max pooling** keeps of each square of 2 × 2 numbers the greatest, $\max_{u,v \in \{0,1\}} y_{2i+u,\,2j+v}$:
//:   *whether* there was an edge, no longer *exactly where*. What follows sees twice as far and costs a
//:   quarter. That is why it comes right after the convolution.
//: - **Batch normalisation** shifts and scales each map to mean 0 and variance 1 over all images of the
//:   batch and all places, $\hat y = (y - \mu) / \sqrt{\sigma^2 + \varepsilon}$, and then gets a scale and a
//:   shift that it learns, $\gamma \hat y + \beta$. However the layers below change, the one above gets
//:   numbers of the same size, so larger steps go well. In use, running means of $\mu$ and $\sigma^2$ take
//:   the batch's place. (The convolution needs no bias: $\mu$ would take it away.)
//: - **The rectifier** $\max(0, y)$ keeps what speaks for something and drops what speaks against it.
//:   Were there neither it nor the maxima, three convolutions would be one.
//:
//: Before the last layer, **dropout** sets each number to 0 with probability $p = 0.1$ and divides the
//: others by $1 - p$, so that the mean stays: the network can't rely on a single answer. In use it does
//: nothing.

func convolutionalNetwork() -> Sequential {
  Sequential {
    Conv2d(1, 8, kernelSize: 5, bias: false)
    MaxPool(kernelSize: 2)
    BatchNorm(8)
    Relu()

    Conv2d(8, 16, kernelSize: 3, padding: 1, bias: false)
    MaxPool(kernelSize: 2)
    BatchNorm(16)
    Relu()

    Conv2d(16, 32, kernelSize: 3, padding: 1, bias: false)
    MaxPool(kernelSize: 2)
    BatchNorm(32)
    Relu()

    Flatten()
    Dropout(0.1)
    Linear(32 * 3 * 3, classes)
  }
}

let network = withSeed(notebook.seed) { convolutionalNetwork() }
let summary = network.summary(input: [1, 1, 28, 28])
print(summary)
notebook.metric("parameters", Double(summary.parameters))
notebook.metric("flops", Double(summary.flops))

//: {{parameters|integer}} numbers to learn, and {{flops|integer}} multiplications and additions an image.
//: The third convolution has twenty times the weights of the first and hardly more to do, because it
//: uses each of them at fewer places. The maps become smaller and more: from few questions about many
//: places to many questions about few.
//:
//: ## One batch first
//:
//: Can it learn anything at all? The loss of guessing is $\ln {{classes|integer}} = {{guessing|fixed 3}}$; on
//: the same 32 images, again and again, it has to fall to nearly nothing, or else model, loss or gradient
//: has a mistake. Plain descent with momentum shows it best: its steps are as long as the gradient is.

let (fewImages, fewLabels) = parts.training.batch(0..<32)
let student = withSeed(notebook.seed) { convolutionalNetwork() }
let memorising = SGD(student.parameters, learningRate: 0.05, momentum: 0.9)
let memorised = withSeed(notebook.seed) {
  (1...100).map { step in
    let loss = student(Var(fewImages)).crossEntropy(Var(fewLabels))
    loss.backward()
    memorising.step()
    memorising.zeroGrad()
    notebook.history(step: step, epoch: step, split: "train-one-batch", loss: Double(loss.item))
    return loss.item
  }
}
notebook.metric("classes", Double(classes))
notebook.metric("guessing", log(Double(classes)))
notebook.metric("memorised_loss", Double(memorised.last!))

//: After 100 steps it is {{memorised_loss|scientific 1}}. It works.
//:
//: ## Training
//:
//: Two things are new since the perceptron. The images are moved by up to two pixels in each direction,
//: anew in every epoch: free data, and a thread of its own makes it while we compute. And the steps are
//: those of AdamW: with the gradient $g$, means $m \leftarrow \beta_1 m + (1 - \beta_1)\, g$ and
//: $v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2$,
//:
//: $$\theta \leftarrow \theta - \eta \left( \frac{\hat m}{\sqrt{\hat v} + \varepsilon}
//: + \lambda \theta \right) ,$$
//:
//: where hats correct for the start at 0. Each number moves by about $\eta$ a step, whatever the size of
//: its gradient, which suits kernels and head alike although their gradients differ by orders of
//: magnitude. The learning rate climbs, and then falls to nearly nothing.

func train(_ model: any Layer, as name: String) -> Training<Options> {
  let images = parts.training.augmented(by: [.shift(upTo: 2)])
  let loader = Loader(
    images, batchSize: min(notebook[\.batchSize], images.count), seed: notebook.seed, dropLast: true
  )
  let optimizer = AdamW(model.parameters, learningRate: notebook[\.learningRate])
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
    training.validated(Scores(model, on: parts.validation))
  }
  return training
}

let firstKernels = kernelRows(network)
let training = train(network, as: "train")
notebook.timing("train", training.duration)
notebook.figure(
  Figure.trainingCurves(training.curves, title: "Training of the convolutional network"),
  alt: "Loss and accuracy against the training step: noisy values of each batch, their mean, and "
    + "those of the validation images after each epoch.",
  caption: "Validation images are not moved, and nothing drops out, so they are easier: the "
    + "network may do better on what it hasn't seen than on what it learns from.",
  name: "curves")

//: ## How good is it?

let scores = Scores(network, on: parts.test)
let count = Double(parts.test.count)
notebook.metric("test_accuracy", scores.accuracy)  //#expect test_accuracy
notebook.metric("test_loss", scores.loss)
notebook.metric("mistakes", (count * (1 - scores.accuracy)).rounded())
notebook.metric("standard_error", (scores.accuracy * (1 - scores.accuracy) / count).squareRoot())
notebook.metric("training_accuracy", Scores(network, on: parts.training).accuracy)

//: **{{test_accuracy|percent 2}}** of the test images are read correctly, with a standard error of
//: {{standard_error|percent 2}}; {{mistakes|integer}} are not. On the training images, left where they
//: are, it is {{training_accuracy|percent 2}}. Which are wrong, and what do the worst look like?

let confusion = ConfusionMatrix(scores.logits, scores.labels)
notebook.figure(
  Figure.confusionMatrix(
    confusion.counts, classes: digits.classNames, title: "What was taken for what"),
  alt: "Confusion matrix of the test images: counts for each true and predicted digit, with the "
    + "errors coloured.",
  name: "confusion")

let worst = highestLosses(scores, on: parts.test, classNames: digits.classNames, count: 18)
notebook.image(
  Image.grid(worst.images, columns: 6, scale: 4, captions: worst.captions),
  alt: "The test images with the highest loss, each with the true digit, the digit that it was "
    + "taken for, and the probability given to the latter.",
  caption: "The highest losses: true class → what it was taken for, and with what probability.",
  name: "mistakes")

//: Look for what is missing or too much: a loop that doesn't close, a stroke that is hardly there, a
//: flourish that most writers leave out.
//:
//: ## What it looks for
//:
//: The eight kernels of the first layer were noise. Training made them into what people used to make
//: by hand: differences across a stroke in one direction or another, and blots.

notebook.image(
  Image.weights(
    firstKernels + kernelRows(network), width: 5, height: 5, columns: 8, scale: 14),
  alt: "Eight kernels of 5 by 5 weights: noise in the upper row, and below, after training, "
    + "patterns with a positive and a negative side.",
  caption: "The first layer's kernels before training (above) and after it (below), on one scale.",
  name: "kernels")

//: And this is what becomes of one digit on its way: eight maps where each kernel answers, then the
//: rectified maps of the three stages. What was a picture becomes a list of findings.

for stage in stages(of: network, on: digit) {
  notebook.image(stage.image, alt: stage.alt, caption: stage.caption, name: stage.name)
}

//: ## Is it the idea, or only the size?
//:
//: Compared with what? A perceptron of one hidden layer with $h$ units has $796\,h$ weights or so, and does
//: two operations with each; it gets the same images, moved in the same way, batch normalisation, steps and
//: epochs. Once we give it as many *parameters* as the convolutional network has, and once as many
//: *operations*, which makes it far larger, because it uses each weight only once for an image.

func perceptron(hidden: Int) -> Sequential {
  Sequential {
    Flatten()
    Linear(784, hidden, bias: false)
    BatchNorm(hidden)
    Relu()
    Linear(hidden, classes)
  }
}
let rivals = [
  ("equal-parameters", (summary.parameters - classes) / (784 + 2 + classes)),
  ("equal-operations", summary.flops / (2 * (784 + classes))),
].map { name, hidden in
  let model = withSeed(notebook.seed) { perceptron(hidden: hidden) }
  _ = train(model, as: "train-" + name)
  return (name: "perceptron, " + name.replacing("-", with: " "), model: model)
}
let contestants = [(name: "convolutional network", model: network)] + rivals
let results = contestants.map { Scores($0.model, on: parts.test) }
notebook.metric("equal_parameters", results[1].accuracy)  //#expect equal_parameters
notebook.metric("equal_flops", results[2].accuracy)  //#expect equal_flops
let sizes = contestants.map { $0.model.summary(input: [1, 1, 28, 28]) }
notebook.table(
  contestants.indices.map {
    [
      contestants[$0].name, sizes[$0].parameters, sizes[$0].flops,
      percentage(results[$0].accuracy), percentage(1 - results[$0].accuracy),
    ]
  },
  headers: ["model", "parameters", "operations", "accuracy", "errors"])

notebook.figure(
  errorBars(contestants.map(\.name), results),
  alt: "Bars of the share of errors on the test images for the convolutional network and two "
    + "perceptrons.",
  caption: "The same images, steps and epochs for all three.", name: "comparison")
notebook.metric("parameter_ratio", Double(sizes[2].parameters) / Double(sizes[0].parameters))
notebook.metric(
  "error_ratio", (1 - results[2].accuracy) / max(1 - results[0].accuracy, 0.5 / count))

//: With as many parameters, the perceptron reads {{equal_parameters|percent 2}} correctly. With as many
//: operations, and {{parameter_ratio|fixed 0}} times the parameters, it is {{equal_flops|percent 2}}, and
//: it makes {{error_ratio|fixed 1}} times as many mistakes as the convolutional network. (Mind the
//: standard error above when these are few.) Brute size gets far as well, on images that are centred and
//: plenty; what the idea saves first of all is parameters. Operations are not time, by the way: with few
//: images in a batch, the large perceptron spends most of it on fetching and changing its weights.
//:
//: ## Moved digits
//:
//: All three learned from images moved by up to two pixels. What if the test images are moved further?

let distances = Array(0...8)
let accuracies = contestants.map { contestant in
  distances.map { pixels in
    Scores(contestant.model, on: parts.test.movedRight(by: pixels)).accuracy
  }
}
notebook.figure(
  shiftCurves(contestants.map(\.name), distances, accuracies),
  alt: "Accuracy against how far the test images were moved, for the convolutional network and the "
    + "two perceptrons: flat up to two pixels, then falling.",
  caption: "Right of the dashed line is what none of them has seen. From some four pixels on, ink "
    + "is lost over the border, too.",
  name: "shift")
notebook.metric("moved_network", accuracies[0][5])
notebook.metric("moved_perceptron", accuracies[2][5])

//: Five pixels away the convolutional network still reads {{moved_network|percent}}, the large
//: perceptron {{moved_perceptron|percent}}. It is better, and it is not immune: each stage is
//: equivariant (pooling only to moves of whole squares), but the last layer has a weight for each of the
//: 3 × 3 places of every map, and *they* know where digits used to be. A mean over the places in front of it
//: would make it nearly indifferent to moves, and take from it that the loop of a 6 is below and that of a
//: 9 above.
//:
//: ## Keep it
//:
//: The weights, and the running means of batch normalisation with them, go into a file that any
//: program that reads safetensors understands, and come back bit by bit:

let file = notebook.directory + "/model.safetensors"
try Safetensors(network.state).write(to: file)

let restored = convolutionalNetwork()
try restored.load(Safetensors(contentsOf: file).state)
notebook.show(
  Scores(restored, on: parts.test).logits == scores.logits ? "the same bits" : "different")

//: ## What it can't do
//:
//: A convolution knows about moves, and about nothing else. Exchange ink and paper, or turn the page
//: around, and a person is at a loss for a second; the network for good:

notebook.table(
  [
    ("as they are", parts.test), ("ink and paper exchanged", parts.test.inverted),
    ("upside down", parts.test.upsideDown),
  ].map { [$0.0, percentage(Scores(network, on: $0.1).accuracy)] },
  headers: ["test images", "accuracy"])

//: Guessing would get one in {{classes|integer}}. (Upside down, 0, 1 and 8 are still themselves, and 6 and 9 are
//: each other.) It also has no way to say "this is no digit": shown a letter, it names the digit that is least
//: unlike it, often with great certainty. And one test set is one opinion: whoever compares networks by
//: their hundredths of a percent here compares luck.
//:
//: Things to try: `--seed 1`, for how much is luck; `--learning-rate 1`; and in the code, leave out
//: batch normalisation, pool after the rectifier, double all channels, or put
//: `AveragePool(kernelSize: 3)` before `Flatten`.
