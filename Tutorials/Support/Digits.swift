import ArgumentParser
import Neuronika
import NeuronikaTutorialKit

/// Where the digits come from: the flags of the tutorials that learn to read them.
public struct DigitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Learn from the four IDX files of this folder, gzipped or not.", valueName: "folder"))
  var data: String?
  @Flag(help: "Fetch MNIST (12 MB) into the cache first, if it isn't there.") var download = false

  /// Needed by ArgumentParser.
  public init() {}

  /// Refuses combinations that make no sense.
  public func validate() throws {
    if data != nil && download {
      throw ValidationError("--data names the digits and --download fetches others: give one.")
    }
  }
}

extension Notebook {
  /// Reads the digits that the command line asks for: those of `--data`, else MNIST from the cache,
  /// else the built-in ones. The document says which.
  ///
  /// Missing or broken files end the run with one line and status 66.
  public func readDigits(_ options: DigitOptions, line: UInt = #line) -> ImageData {
    do {
      let digits = try ImageData.digits(folder: options.data, download: options.download) {
        download in
        progress(
          "\(download.file), bytes", download.received, of: download.total, line: line)
      }
      data(digits.name, sha256: digits.sha256, line: line)
      if options.data == nil, digits.name != PublishedImages.mnist.name {
        note(
          "These digits are drawn by the library itself. `--download` fetches MNIST, the handwritten "
            + "ones; `--data FOLDER` takes any four IDX files.", line: line)
      }
      return digits
    } catch {
      stop("\(error)", line: line)
    }
  }
}

/// The digits in three parts, with no image in two of them.
public struct DigitParts {
  /// To learn from.
  public let training: ImageDataset
  /// To look at while learning.
  public let validation: ImageDataset
  /// To look at once, at the end.
  public let test: ImageDataset

  /// Keeps a part of the training images back for validation.
  ///
  /// - Parameters:
  ///   - digits: All of them.
  ///   - validation: The share of the training images that is kept back.
  ///   - limit: How many training and validation images there are at most, and half as many test
  ///     images; `nil` for all.
  ///   - seed: Which ones.
  public init(_ digits: ImageData, validation: Double = 0.1, limit: Int? = nil, seed: UInt64) {
    let shuffled = digits.train.shuffled(seed: seed)
    let kept = shuffled.rows(0..<min(limit ?? shuffled.count, shuffled.count))
    let count = Int((Double(kept.count) * validation).rounded())
    self.training = kept.rows(count..<kept.count)
    self.validation = kept.rows(0..<count)
    test = digits.test.rows(0..<min((limit ?? .max) / 2, digits.test.count))
  }
}
