import Foundation
import Neuronika
import NeuronikaCharts

// How the tutorials look at images and at what became of them.

/// Values from 0 to 1 as an image.
public func grayImage(_ values: [Float], _ shape: Shape) -> Image {
  Image(gray: values, width: shape[1], height: shape[0], range: 0...1)
}

/// Some images of each class, row by row, and the mean image of each class.
public func digitColumns(
  _ data: ImageDataset, classes: Int, rows: Int
) -> (images: [Image], means: [Image]) {
  let labels = data.labels.elements.map { Int($0) }
  let size = data.imageShape.count
  var sums = [[Float]](repeating: [Float](repeating: 0, count: size), count: classes)
  var members = [[Int]](repeating: [], count: classes)
  for (row, label) in labels.enumerated() {
    members[label].append(row)
    for (pixel, value) in data.pixels(ofRow: row).enumerated() {
      sums[label][pixel] += Float(value) / 255
    }
  }
  func image(_ values: [Float]) -> Image { grayImage(values, data.imageShape) }
  let images = (0..<rows).flatMap { row in
    (0..<classes).map { label -> Image in
      guard row < members[label].count else { return image([Float](repeating: 0, count: size)) }
      return image(data.pixels(ofRow: members[label][row]).map { Float($0) / 255 })
    }
  }
  let means = zip(sums, members).map { sum, rows in
    image(sum.map { $0 / Float(max(rows.count, 1)) })
  }
  return (images, means)
}

/// The images with the highest loss, worst first, captioned `4→9 97 %`: the true class, what it was
/// taken for, and with what probability. Where there are few mistakes, right answers that were given
/// with little certainty are among them.
public func highestLosses(
  _ scores: Scores, on data: ImageDataset, classNames: [String], count: Int
) -> (images: [Image], captions: [String]) {
  let (probabilities, predictions) = (scores.probabilities, scores.predictions)
  let labels = scores.labels.elements.map { Int($0) }
  let worst = labels.indices.sorted {
    (probabilities[$0, labels[$0]], $0) < (probabilities[$1, labels[$1]], $1)
  }.prefix(count)
  let images = worst.map { row in
    grayImage(data.pixels(ofRow: row).map { Float($0) / 255 }, data.imageShape)
  }
  let captions = worst.map { row in
    let (label, guess) = (labels[row], predictions[row])
    let certainty = Int((probabilities[row, guess] * 100).rounded(.down))
    return "\(classNames[label])→\(classNames[guess]) \(certainty) %"
  }
  return (images, captions)
}

extension Tensor {
  /// The rows of a matrix.
  public var rows: [[Float]] {
    (0..<shape[0]).map { self[$0, .all].elements }
  }
}

/// A share in percent, with two digits.
public func percentage(_ share: Double) -> String { String(format: "%.2f %%", share * 100) }

extension ImageDataset {
  /// The images, moved to the right; what leaves them is lost.
  public func movedRight(by pixels: Int) -> ImageDataset {
    let (rows, columns) = (imageShape[0], imageShape[1])
    return augmented(by: [
      ImageTransform { image, _ in
        let values = image.elements
        var result = [Float](repeating: 0, count: values.count)
        for row in 0..<rows {
          for column in pixels..<columns {
            result[row * columns + column] = values[row * columns + column - pixels]
          }
        }
        return Tensor(result, shape: image.shape)
      }
    ])
  }
}
