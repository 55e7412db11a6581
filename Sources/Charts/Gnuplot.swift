import Foundation

/// Whether a figure's PNG was drawn.
public enum Rendering: Equatable, Sendable {
  /// The PNG stands beside its CSV and its script.
  case rendered
  /// There is no PNG, for the reason given in one line; CSV and script are there.
  case skipped(reason: String)
}

/// The gnuplot program that draws figures.
public struct Gnuplot: Sendable {
  /// gnuplot as the `PATH` finds it, with 30 seconds for a figure.
  public static let standard = Gnuplot()

  private let path: String?
  private let timeLimit: Duration

  /// - Parameters:
  ///   - executable: the path of the program; nil looks for `gnuplot` along the `PATH`.
  ///   - timeLimit: after this long gnuplot is killed and the figure fails.
  public init(executable: String? = nil, timeLimit: Duration = .seconds(30)) {
    // gnuplot runs in the figure's folder, where a relative path would lead elsewhere.
    self.path = executable.map { URL(fileURLWithPath: $0).path }
    self.timeLimit = timeLimit
  }

  /// The program, or nil if it isn't installed.
  private var executable: String? {
    let files = FileManager.default
    if let path { return files.isExecutableFile(atPath: path) ? path : nil }
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.lazy.map { URL(fileURLWithPath: $0 + "/gnuplot").path }.first {
      files.isExecutableFile(atPath: $0)
    }
  }

  /// Draws `name`.png from `name`.gp in `folder`: first to `name`.png.tmp, which takes its place
  /// only if gnuplot ended well and wrote a whole PNG image, and in fewer bytes. Returns gnuplot's
  /// warnings.
  ///
  /// A failed gnuplot leaves an empty image behind; it never gets the name of the figure.
  package func render(
    _ name: String, in folder: URL
  ) throws(ChartError) -> (rendering: Rendering, warnings: String) {
    guard let executable else {
      let missing = path.map { "there is no gnuplot at \($0)" } ?? "gnuplot is not installed"
      let reason =
        "\(name).png was not drawn: \(missing) (on Debian: apt install gnuplot-nox); "
        + "\(name).csv and \(name).gp are there to draw it later"
      return (.skipped(reason: reason), "")
    }
    let script = folder.appendingPathComponent(name + ".gp").path
    let image = folder.appendingPathComponent(name + ".png").path
    let unfinished = image + ".tmp"
    let output = NSTemporaryDirectory() + "/neuronika-gnuplot-\(UUID().uuidString).txt"
    defer {
      try? FileManager.default.removeItem(atPath: output)
      try? FileManager.default.removeItem(atPath: unfinished)
    }
    let end = runChild(
      executable, arguments: ["-d", "-e", "image = '\(name).png.tmp'", name + ".gp"],
      in: folder.path, output: output, timeLimit: timeLimit)
    let message = Gnuplot.message(at: output)

    switch end {
    case .exited(status: 0): break
    case .exited(let status):
      throw .gnuplotFailed(
        script: script, message: message.isEmpty ? "it exited with status \(status)" : message)
    case .killed(let signal):
      throw .gnuplotFailed(
        script: script,
        message: ["it was killed by signal \(signal)", message].filter { !$0.isEmpty }
          .joined(separator: ": "))
    case .timedOut:
      throw .gnuplotTimedOut(script: script, seconds: timeLimit / .seconds(1))
    case .notStarted(let reason):
      throw .gnuplotFailed(script: script, message: "\(executable) did not start: \(reason)")
    }
    guard let contents = PNG.read(unfinished) else {
      throw .notAnImage(script: script, message: message)
    }
    // The same pixels in fewer bytes.
    if case .image(let drawn) = contents {
      try PNG.write(drawn, to: URL(fileURLWithPath: unfinished))
    }
    try replace(image, with: unfinished)
    return (.rendered, message)
  }

  /// What gnuplot said, on one line, without the blanks and the caret it points with. In the C
  /// locale gnuplot always warns that it can't write a degree sign, which no figure uses.
  private static func message(at path: String) -> String {
    guard let data = FileManager.default.contents(atPath: path) else { return "" }
    let lines = String(decoding: data.prefix(4000), as: UTF8.self)
      .split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty && $0 != "^" && !$0.contains("iconv failed to convert degree sign") }
    return lines.joined(separator: " · ")
  }
}
