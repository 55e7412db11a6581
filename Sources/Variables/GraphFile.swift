import NeuronikaGraphs
import NeuronikaTensors

#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Musl)
  @preconcurrency import Musl
#else
  @preconcurrency import Darwin
#endif

/// What can go wrong when a graph is drawn to a file.
public enum GraphFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file's name doesn't end in `.dot`, `.svg`, `.png` or `.pdf`.
  case unknownFormat(path: String)
  /// A file could not be written.
  case cannotWrite(path: String, reason: String)
  /// Graphviz isn't installed. The graph is kept as text at `text`.
  case graphvizIsMissing(path: String, text: String)
  /// Graphviz gave up. The graph is kept as text at `text`; `message` is Graphviz' own.
  case graphvizFailed(path: String, text: String, message: String)

  public var description: String {
    switch self {
    case .unknownFormat(let path):
      "\(path): a graph is written to a file that ends in .dot, or .svg, .png or .pdf"
    case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
    case .graphvizIsMissing(let path, let text):
      "\(path) was not drawn: there is no `dot` on the PATH. Install Graphviz (apt-get install "
        + "graphviz). The graph is kept as text in \(text)"
    case .graphvizFailed(let path, let text, let message):
      "\(path) was not drawn: Graphviz says "
        + (message.isEmpty ? "nothing, but failed" : "\"\(message)\"")
        + ". The graph is kept as text in \(text)"
    }
  }
}

extension Variable {
  /// Writes a drawing of the graph that this is computed by. See ``dot(limit:)``.
  ///
  /// ```
  /// try loss.writeGraph(to: "loss.svg")
  /// ```
  ///
  /// - Parameters:
  ///   - path: Where to; a file there is replaced. One that ends in `.dot` gets the text. One that
  ///     ends in `.svg`, `.png` or `.pdf` is drawn by Graphviz' program `dot`, from the text in a
  ///     `.dot` file beside it.
  ///   - limit: How many variables to draw at most.
  ///   - resolution: Dots per inch of a `.png`: at 96, names are as high as text on a page.
  /// - Throws: A ``GraphFileError``. Where Graphviz is missing or fails, the text is still written.
  public func writeGraph(
    to path: String, limit: Int = 200, resolution: Int = 144
  ) throws(GraphFileError) {
    let name = path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...]
    guard let point = name.lastIndex(of: "."),
      case let format = name[name.index(after: point)...].lowercased(),
      ["dot", "svg", "png", "pdf"].contains(format)
    else { throw .unknownFormat(path: path) }
    let text = format == "dot" ? path : path[..<point] + ".dot"
    try write(dot(limit: limit), to: text)
    if format == "dot" { return }
    let dots = format == "png" ? ["-Gdpi=\(resolution)"] : []
    // What begins with a dash would be an option.
    let source = text.hasPrefix("-") ? "./" + text : text
    switch run("dot", ["-T" + format] + dots + ["-o", path, source]) {
    case .notFound: throw .graphvizIsMissing(path: path, text: text)
    case .ended(0, _): break
    case .ended(_, let message):
      throw .graphvizFailed(path: path, text: text, message: message)
    }
  }
}

private func write(_ text: String, to path: String) throws(GraphFileError) {
  guard let file = fopen(path, "w") else {
    throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
  }
  let isWritten = fputs(text, file) >= 0
  guard fclose(file) == 0, isWritten else {
    throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
  }
}

private enum Ending {
  case notFound
  case ended(status: Int32, errors: String)
}

/// Runs a program that is on the PATH and waits for it.
///
/// Foundation has this, but the engine doesn't load Foundation: a program's start would take
/// longer.
private func run(_ program: String, _ arguments: [String]) -> Ending {
  var ends: [Int32] = [0, 0]
  guard pipe(&ends) == 0 else { return .ended(status: 1, errors: String(cString: strerror(errno))) }
  #if canImport(Darwin)
    var actions: posix_spawn_file_actions_t?
  #else
    var actions = posix_spawn_file_actions_t()
  #endif
  posix_spawn_file_actions_init(&actions)
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
  posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
  posix_spawn_file_actions_addclose(&actions, ends[0])
  posix_spawn_file_actions_addclose(&actions, ends[1])
  defer { posix_spawn_file_actions_destroy(&actions) }

  var pointers = ([program] + arguments).map { strdup($0) } + [nil]
  defer { for pointer in pointers { free(pointer) } }
  var child: pid_t = 0
  let failure = posix_spawnp(&child, program, &actions, nil, &pointers, environ)
  close(ends[1])
  var errors: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 4096)
  while failure == 0 {
    let count = read(ends[0], &buffer, buffer.count)
    if count > 0 { errors += buffer[..<count] } else if count == 0 || errno != EINTR { break }
  }
  close(ends[0])
  if failure == ENOENT { return .notFound }
  if failure != 0 { return .ended(status: 1, errors: String(cString: strerror(failure))) }
  var status: Int32 = 0
  while waitpid(child, &status, 0) < 0 && errno == EINTR {}
  // 127 is what a shell, or a posix_spawn without better means, says of a missing program.
  if status >> 8 & 0xff == 127 { return .notFound }
  let message = String(decoding: errors, as: UTF8.self).split(separator: "\n").joined(
    separator: " ")
  return .ended(status: status, errors: message)
}
