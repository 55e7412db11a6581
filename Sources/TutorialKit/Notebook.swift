// A tutorial is one main.swift: prose, code, and calls of the notebook. Its life:
//
//   main.swift ──Notebook.start──▶ parent: Supervisor ──starts itself again──▶ child: Notebook
//                                    ▲  │                                         │
//                                    │  │◀── one pipe: raw output and events ─────┘ Recorder
//                                    │  ├──▶ terminal   (Console: text as it comes, progress line)
//                                    │  └──▶ events.jsonl
//        Source ([Cell]) ────────────┴──▶ Document ──▶ MarkdownWriter   <tutorial>.md
//        (SourceParser)                     │     ├──▶ HTMLWriter       <tutorial>.html
//                                           │     └──▶ JupyterWriter    <tutorial>.ipynb
//                                           └──▶ Expectations           --check, --promote
//
// The child only records. All that is written about a run is made from `events.jsonl`, whether the
// run ended well, crashed, or took place last week (--weave): there is one way, not two.

import ArgumentParser
import CNeuronikaMarkGFM
import Foundation
import NeuronikaHashing

/// A figure that draws itself. The kit knows nothing of plotting: a tutorial makes its charts
/// conform, or gives the path of a PNG.
public protocol NotebookFigure {
  /// Writes `<name>.png`, and whatever belongs beside it, into a folder.
  ///
  /// An error, or a missing PNG, is reported in the document and doesn't end the run.
  func write(into directory: String, name: String) throws
}

/// Why a notebook could not start.
public struct NotebookError: Error, CustomStringConvertible, Sendable {
  /// One sentence: what was expected, what was found, what to do.
  public let description: String
  /// What the program ends with.
  package let status: Int32
  package init(_ description: String, status: Int32 = 73) {
    self.description = description
    self.status = status
  }
}

/// A running tutorial: takes down what it shows, and knows its options.
///
/// Everything shown here appears in order in the finished document, below the cell that showed it.
/// Plain `print` appears there too.
public final class Notebook<Options: NotebookOptions> {
  /// The command line as it was given.
  public let options: Options

  /// The folder of this run. Files saved here are kept beside the document.
  public let directory: String

  /// Width of the terminal, or `nil` when the output goes elsewhere.
  public let terminalWidth: Int?

  /// The SHA-256 of the data that the run learns from, by name.
  public private(set) var dataHashes: [String: String] = [:]

  private let recorder: Recorder

  private init(_ options: Options, _ handOver: HandOver) {
    self.options = options
    directory = handOver.directory
    terminalWidth = handOver.columns
    recorder = Recorder(token: handOver.token)
  }

  /// Starts the notebook. The first visible line of a tutorial.
  ///
  /// Reads the command line (a mistake in it prints a message and exits with status 64), starts
  /// the program again as a child whose output it collects, writes the document when the child
  /// ends for whatever reason, and exits with its status. So this returns only in the child.
  ///
  /// - Parameters:
  ///   - type: the tutorial's options.
  ///   - file: the source of the tutorial; leave it out.
  /// - Throws: ``NotebookError`` if the child was started by something else than its parent.
  public static func start(_ type: Options.Type, file: String = #filePath) throws(NotebookError)
    -> Notebook
  {
    let options = TutorialCommand<Options>.parseOrExit().options
    guard let json = ProcessInfo.processInfo.environment[HandOver.variable] else {
      Program(options, file: file).runAndExit()
    }
    unsetenv(HandOver.variable)
    guard let handOver = try? JSON.decode(HandOver.self, from: Data(json.utf8)) else {
      throw NotebookError("\(HandOver.variable) is set but says nothing sensible: unset it.")
    }
    neuronika_die_with_parent()
    if getppid() != handOver.parent { exit(1) }
    neuronika_line_buffer_stdout()
    interruptions.store(0, ordering: .relaxed)
    signal(SIGINT) { _ in interruptions.add(1, ordering: .relaxed) }
    return Notebook(options, handOver)
  }

  /// Every hyper-parameter of this run by name, with its value as text: what two runs must have in
  /// common for one to go on where the other ended.
  public var settings: [String: String] { options.settings }

  /// The file in which a training keeps where it stands. After `--resume` it is there from the
  /// beginning: a copy of the file that the command line names.
  public var checkpoint: String { directory + "/" + RunFolder.checkpoint }

  /// Seed of every random number of this run.
  public var seed: UInt64 { options.run.seed }

  /// Whether this is the short run.
  public var isQuick: Bool { options.run.quick }

  /// The value a hyper-parameter has in this run.
  public subscript<Value>(_ setting: KeyPath<Options, Setting<Value>>) -> Value {
    options[keyPath: setting].value(quick: isQuick)
  }

  /// Shows a value as `print` would.
  public func show(_ value: Any, line: UInt = #line) {
    recorder.record(.show(text: String(describing: value)), line: line)
  }

  /// Shows a table. Columns of numbers are set flush right; a floating-point number is shown with
  /// four significant digits, anything else as `print` would.
  public func table(_ rows: [[Any]], headers: [String], line: UInt = #line) {
    let text = rows.map { $0.map { value in tableText(value) } }
    recorder.record(.table(headers: headers, rows: text), line: line)
  }

  /// Notes a measured value. It goes to `metrics.csv`, stands for `{{name}}` in the prose, and is
  /// what `//#expect name` speaks of. Must depend on nothing but seed, data and options. A run with
  /// one that is not finite fails: status 1.
  public func metric(_ name: String, _ value: Double, line: UInt = #line) {
    recorder.record(.metric(name: name, value: value), line: line)
  }

  /// Notes a duration. It is shown on the terminal and written to `timing.csv`, never to the
  /// document. The one named `train` becomes `train_seconds` in `provenance.json`.
  public func timing(_ name: String, _ duration: Duration, line: UInt = #line) {
    let parts = duration.components
    timing(name, Double(parts.seconds) + Double(parts.attoseconds) / 1e18, line: line)
  }

  /// Notes a duration in seconds.
  public func timing(_ name: String, _ seconds: Double, line: UInt = #line) {
    recorder.record(.timing(name: name, seconds: seconds), line: line)
  }

  /// Shows a note: Markdown set apart from the text.
  public func note(_ markdown: String, line: UInt = #line) {
    recorder.record(.note(markdown: markdown), line: line)
  }

  /// Names the data the run learns from, with the SHA-256 of the file: never by path.
  ///
  /// - Throws: the error of reading the file.
  public func data(_ name: String, contentsOf path: String, line: UInt = #line) throws {
    data(name, sha256: sha256(try Data(contentsOf: URL(fileURLWithPath: path))), line: line)
  }

  /// Names the data the run learns from, with its SHA-256 in hexadecimal.
  public func data(_ name: String, sha256: String, line: UInt = #line) {
    dataHashes[name] = sha256
    recorder.record(.data(name: name, sha256: sha256), line: line)
  }

  /// Adds a row to `history.csv`. The first twenty losses of each split whose name starts with
  /// `train` are what `--check` compares at a relative 1e-5.
  ///
  /// A loss that is not finite ends the run with status 1: nothing can be learned from there on.
  /// Rows are handed on twenty times a second, and before anything else is; a crash may take the
  /// last ones with it.
  public func history(
    step: Int, epoch: Int, split: String = "train", loss: Double, accuracy: Double? = nil,
    learningRate: Double? = nil, line: UInt = #line
  ) {
    let numbers = [loss, accuracy, learningRate].map { $0.map(exactly) ?? "" }
    let row = ["\(step)", "\(epoch)", csvField(split)] + numbers
    recorder.history(row.joined(separator: ","), line: line)
    guard !loss.isFinite else { return }
    let rate = learningRate.map { " The learning rate was \(measured($0))." } ?? ""
    let flag = options.settings["learningRate"] == nil ? "learning rate" : "--learning-rate"
    stop(
      "\(split): the loss of step \(step), epoch \(epoch), is not finite (\(exactly(loss))), so "
        + "the training was stopped.\(rate) Try a smaller \(flag).", status: 1, line: line)
  }

  /// Shows a figure.
  ///
  /// - Parameters:
  ///   - figure: draws itself into the folder of the run.
  ///   - alt: what a person who can't see the figure should know. Not optional.
  ///   - caption: stands below it; the alternative text does if left out.
  ///   - name: of the file, without `.png`.
  public func figure(
    _ figure: some NotebookFigure, alt: String, caption: String? = nil, name: String? = nil,
    line: UInt = #line
  ) {
    picture(alt, caption, name, false, line) { try figure.write(into: $0, name: $1) }
  }

  /// Shows a PNG file as a figure; files of the same name ending in `.csv` and `.gp` go with it.
  public func figure(
    _ path: String, alt: String, caption: String? = nil, line: UInt = #line
  ) {
    let name = fileStem(path)
    picture(alt, caption, name, false, line) { try copyFigure(path, into: $0, name: $1) }
  }

  /// Shows an image made of pixels, which stay squares when enlarged.
  public func image(
    _ image: some NotebookFigure, alt: String, caption: String? = nil, name: String? = nil,
    line: UInt = #line
  ) {
    picture(alt, caption, name, true, line) { try image.write(into: $0, name: $1) }
  }

  /// Shows a PNG file made of pixels, which stay squares when enlarged.
  public func image(_ path: String, alt: String, caption: String? = nil, line: UInt = #line) {
    let name = fileStem(path)
    picture(alt, caption, name, true, line) { try copyFigure(path, into: $0, name: $1) }
  }

  private func picture(
    _ alt: String, _ caption: String?, _ name: String?, _ pixelated: Bool, _ line: UInt,
    write: (_ directory: String, _ name: String) throws -> Void
  ) {
    let number = recorder.nextFigure()
    let name = name ?? "figure-\(twoDigits(number))"
    let folder = directory + "/figures"
    var picture = Picture(
      path: "figures/\(name).png", alt: alt, caption: caption, pixelated: pixelated)
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      try write(folder, name)
      if !isPNG("\(folder)/\(name).png") { picture.problem = "\(name).png was not drawn" }
    } catch {
      picture.problem = "\(name).png was not drawn: \(error)"
    }
    recorder.record(.figure(picture), line: line)
  }

  /// Reports how far a loop has come, and says whether it should go on. Shown on the terminal
  /// only, with the time left; at most twenty times a second, so it may be called every step.
  ///
  /// - Parameters:
  ///   - done: steps done so far, from 1 to `total`.
  ///   - total: steps there are.
  ///   - epoch: the pass over the data, from 1.
  ///   - loss: the latest loss.
  ///   - accuracy: the latest accuracy, between 0 and 1.
  ///   - samples: samples seen so far, for the number of samples a second.
  /// - Returns: `false` after Ctrl-C: leave the loop, save what is worth saving, let the program
  ///   come to its end.
  @discardableResult
  public func progress(
    _ done: Int, of total: Int, epoch: Int? = nil, loss: Double? = nil, accuracy: Double? = nil,
    samples: Int? = nil, line: UInt = #line
  ) -> Bool {
    recorder.progress(
      Progress(
        done: done, total: total, epoch: epoch, loss: loss, accuracy: accuracy, samples: samples),
      line: line)
  }

  /// Reports how far a loop has come in words of its own, and says whether it should go on.
  @discardableResult
  public func progress(_ text: String, _ done: Int, of total: Int, line: UInt = #line) -> Bool {
    recorder.progress(Progress(text: text, done: done, total: total), line: line)
  }

  /// Ends the run because something outside the program is missing or broken.
  ///
  /// - Parameters:
  ///   - message: one line: the file, what was expected and what was found.
  ///   - status: of the exit; 66 says that input is missing or broken.
  public func stop(_ message: String, status: Int32 = 66, line: UInt = #line) -> Never {
    recorder.record(.failure(message: message), line: line)
    exit(status)
  }
}
