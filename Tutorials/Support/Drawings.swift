import NeuronikaCharts
import NeuronikaTutorialKit

// Charts and the notebook know nothing of each other: they meet here.

extension Figure: @retroactive NotebookFigure {
  /// Writes the figure. Without gnuplot the data and the script are kept and the reason is told.
  public func write(into directory: String, name: String) throws {
    let files: FigureFiles = try write(to: directory, name: name)
    if case .skipped(let reason) = files.rendering { throw FigureSkipped(description: reason) }
  }
}

/// Why a figure was not drawn.
public struct FigureSkipped: Error, CustomStringConvertible {
  public let description: String

  public init(description: String) { self.description = description }
}

extension Image: @retroactive NotebookFigure {
  /// Writes the image.
  public func write(into directory: String, name: String) throws {
    try write(to: "\(directory)/\(name).png")
  }
}
