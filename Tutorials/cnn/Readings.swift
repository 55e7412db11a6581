import Neuronika
import NeuronikaCharts
import NeuronikaTutorials

// What the tutorial computes to read its results, and does not need to show.

/// What a digit has become at some place of the network.
struct Stage {
  let name: String
  let image: Image
  let alt: String
  let caption: String
}

/// The maps of one digit after the first convolution, and after each of the three stages.
func stages(of network: Sequential, on digit: Var) -> [Stage] {
  network.eval()
  defer { network.train() }
  let maps = withoutGradients {
    network.layers.prefix(12).reduce(into: [VarDiff(digit)]) { values, layer in
      values.append(layer(values.last!))
    }.map(\.data)
  }
  return [
    (after: 1, name: "maps-0", columns: 8, scale: 4, place: "of the first convolution"),
    (after: 4, name: "maps-1", columns: 8, scale: 8, place: "after the first stage"),
    (after: 8, name: "maps-2", columns: 8, scale: 12, place: "after the second stage"),
    (after: 12, name: "maps-3", columns: 16, scale: 14, place: "after the third stage"),
  ].map { stage in
    let map = maps[stage.after]
    let (channels, rows, columns) = (map.shape[1], map.shape[2], map.shape[3])
    let what = "\(channels) maps \(stage.place), \(rows) × \(columns) each"
    return Stage(
      name: stage.name,
      image: Image.weights(
        map.reshaped(to: [channels, rows * columns]).rows, width: columns, height: rows,
        columns: stage.columns, scale: stage.scale),
      alt: "What the network has made of the digit from above: \(what).", caption: what + ".")
  }
}

/// The kernels of the first layer, one a row.
func kernelRows(_ network: Sequential) -> [[Float]] {
  (network[0] as! Conv2d).weight.data.reshaped(to: [8, 25]).rows
}

/// The share of errors of each model as a bar.
func errorBars(_ names: [String], _ scores: [Scores]) -> Figure {
  var figure = Figure(title: "Errors on the test images", height: 420)
  figure.panel(xLabel: "errors [%]", yLabel: "") { panel in
    panel.bars(names, scores.map { 100 * (1 - $0.accuracy) }, direction: .horizontal)
  }
  return figure
}

/// The accuracy of each model against how far the test images were moved.
func shiftCurves(_ names: [String], _ pixels: [Int], _ accuracies: [[Double]]) -> Figure {
  var figure = Figure(title: "Accuracy on moved test images", height: 560)
  figure.panel(
    xLabel: "moved to the right [pixels]", yLabel: "accuracy [%]", yLimits: 0...101
  ) { panel in
    for (name, values) in zip(names, accuracies) {
      panel.line(pixels.map(Double.init), values.map { $0 * 100 }, label: name, style: .marked)
    }
    panel.verticalLine(x: 2, label: "the most that training images were moved")
  }
  return figure
}

/// The numbers, divided by the greatest magnitude.
func scaledToOne(_ values: [Float]) -> [Float] {
  let greatest = values.map(abs).max() ?? 0
  return values.map { greatest > 0 ? $0 / greatest : 0 }
}

/// The greatest distance between two tensors' numbers.
func greatestDistance(_ left: Tensor, _ right: Tensor) -> Float {
  zip(left.elements, right.elements).map { abs($0 - $1) }.max() ?? 0
}

extension ImageDataset {
  /// The images with ink and paper exchanged.
  var inverted: ImageDataset {
    augmented(by: [
      ImageTransform { image, _ in Tensor(image.elements.map { 1 - $0 }, shape: image.shape) }
    ])
  }

  /// The images turned by half a turn.
  var upsideDown: ImageDataset {
    augmented(by: [
      ImageTransform { image, _ in Tensor(image.elements.reversed(), shape: image.shape) }
    ])
  }
}
