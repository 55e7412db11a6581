import ArgumentParser
import Foundation
import Neuronika
import NeuronikaTutorialKit

/// The command line of the sample.
struct Options: NotebookOptions {
  static let abstract = "Trains twice on noise, and is interrupted on demand."

  @OptionGroup var run: RunOptions
  @Option(help: "Passes over the noise.") var epochs = Setting(4)
  @Option(help: "The greatest learning rate.") var learningRate = Setting(0.1)
  @Option(help: "Go on from the checkpoint of an interrupted run.") var resume: String?
  @Option(help: "The step of both trainings, counted together, in which it is interrupted.")
  var step: Int?
  @Option(help: "Who gets a signal in that step.") var interruption = Interruption.killChild
}

enum Interruption: String, ExpressibleByArgument {
  case killChild, killParent, controlC

  func take() {
    switch self {
    case .killChild: kill(getpid(), SIGKILL)
    case .killParent: kill(getppid(), SIGKILL)
    case .controlC: kill(getppid(), SIGINT)
    }
    sleep(1)  // until the signal has arrived, which ends the sleep
  }
}

/// Images without any sense, of three classes.
func noise(seed: UInt64, count: Int) throws -> ImageDataset {
  var generator = Generator(seed: seed)
  func bytes(_ range: ClosedRange<UInt8>, _ count: Int) -> [UInt8] {
    (0..<count).map { _ in .random(in: range, using: &generator) }
  }
  return try ImageDataset(
    images: IDXFile(bytes(0...255, count * 16), shape: [count, 4, 4]),
    labels: IDXFile(bytes(0...2, count), shape: [count]))
}
