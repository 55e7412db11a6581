import ArgumentParser

/// The command line of a tutorial: the flags every tutorial has, and its own.
///
/// A flag that a tutorial doesn't declare isn't accepted and doesn't show in `--help`. Declare a
/// hyper-parameter as a ``Setting``, so that it can have another default under `--quick` and takes
/// part in `--check`; declare everything else (paths, switches) as plain options.
///
/// ```swift
/// struct Options: NotebookOptions {
///   static let abstract = "Fits a line, then what a line can't fit."
///   @OptionGroup var run: RunOptions
///   @Option(help: "Passes over the training data.") var epochs = Setting(200, quick: 20)
///   @Option(help: "Another table to learn from.") var csv: String?
/// }
/// ```
public protocol NotebookOptions: ParsableArguments {
  /// One sentence for the head of `--help`.
  static var abstract: String { get }
  /// The flags that every tutorial has.
  var run: RunOptions { get }
  /// The checkpoint to go on from: declared as an option by tutorials that train for long, which
  /// then find it in ``Notebook/checkpoint``.
  ///
  /// ```
  /// @Option(help: "Go on from the checkpoint of an interrupted run.") var resume: String?
  /// ```
  var resume: String? { get }
}

extension NotebookOptions {
  /// What `--help` says of a tutorial that says nothing itself.
  public static var abstract: String { "Trains, prints, plots and writes the finished document." }
  /// Nothing to go on from.
  public var resume: String? { nil }
}

/// The flags that every tutorial has: `--seed`, `--threads`, `--quick`, `--out`, `--weave`,
/// `--check`, `--promote`.
public struct RunOptions: ParsableArguments {
  /// Seed of every random number of the run; 0 unless told otherwise.
  @Option(help: "Seed of every random number.") public var seed: UInt64 = 0

  /// Number of threads to compute with; `nil` leaves the choice to the engine.
  @Option(help: "Threads to compute with (default: the engine's choice).") public var threads: Int?

  /// Whether this is the short run on less data.
  @Flag(help: "A run of a few seconds on less data, into a folder of its own.")
  public var quick = false

  /// Folder for everything the run writes.
  @Option(help: "Folder for the document (default: results/<tutorial>).") public var out: String?

  @Option(help: "Write the document of an earlier run again, without training.")
  package var weave: String?

  @Flag(help: "Fail unless cells, values, claims, words, links and figures are as expected.")
  package var check = false

  @Flag(help: "Run five seeds and accept their values and words as expected.")
  package var promote = false

  /// Needed by ArgumentParser.
  public init() {}

  /// Refuses combinations that make no sense.
  public func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1.") }
    if promote && (check || weave != nil) {
      throw ValidationError("--promote runs by itself: leave out --check and --weave.")
    }
    if weave != nil && out != nil {
      throw ValidationError("--weave writes into the folder of the earlier run: leave out --out.")
    }
  }
}

/// A hyper-parameter with one default for the full run and, perhaps, another for `--quick`.
///
/// Given on the command line, a value holds for both. Read it through the notebook, which knows
/// which run this is: `let epochs = notebook[\.epochs]`.
public struct Setting<Value: ExpressibleByArgument & Sendable>: ExpressibleByArgument, Sendable {
  private let full: Value
  private let quick: Value?

  /// - Parameters:
  ///   - full: the default of a full run.
  ///   - quick: the default under `--quick`; the same as `full` if left out.
  public init(_ full: Value, quick: Value? = nil) {
    self.full = full
    self.quick = quick
  }

  /// Parses a value from the command line, which then holds for full and quick runs.
  public init?(argument: String) {
    guard let value = Value(argument: argument) else { return nil }
    self.init(value)
  }

  /// What `--help` shows as the default.
  public var defaultValueDescription: String {
    quick.map { "\(full.defaultValueDescription), quick: \($0.defaultValueDescription)" }
      ?? full.defaultValueDescription
  }

  public func value(quick isQuick: Bool) -> Value { isQuick ? quick ?? full : full }
}

private protocol SettingCarrier {
  func text(quick: Bool) -> String
}

extension Setting: SettingCarrier {
  fileprivate func text(quick: Bool) -> String { "\(value(quick: quick))" }
}

extension Option: SettingCarrier where Value: SettingCarrier {
  fileprivate func text(quick: Bool) -> String { wrappedValue.text(quick: quick) }
}

extension NotebookOptions {
  /// Every declared ``Setting`` by name, with the value it has in this run.
  package var settings: [String: String] {
    var found: [String: String] = [:]
    for child in Mirror(reflecting: self).children {
      guard let label = child.label, let carrier = child.value as? any SettingCarrier else {
        continue
      }
      found[String(label.drop { $0 == "_" })] = carrier.text(quick: run.quick)
    }
    return found
  }
}

/// Wraps a tutorial's options as a command, for its name and abstract in `--help`.
package struct TutorialCommand<Options: NotebookOptions>: ParsableCommand {
  package static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: String(
        CommandLine.arguments.first?.split(separator: "/").last ?? "tutorial"),
      abstract: Options.abstract,
      discussion: """
        Exit status: 0 done · 1 a loss or a metric is not finite, or --check failed · 64 wrong \
        usage · 66 data missing or broken · 73 the results can't be written · 130 Ctrl-C; a crash \
        gives 128 + its signal.
        """)
  }

  @OptionGroup package var options: Options

  package init() {}

  package func validate() throws {
    guard options.resume != nil else { return }
    if options.run.promote || options.run.weave != nil {
      throw ValidationError("--resume goes on with a training: leave out --promote and --weave.")
    }
  }
}
