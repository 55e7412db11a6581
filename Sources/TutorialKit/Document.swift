import Foundation

/// A finished run, cell by cell, before it is written in any format.
package struct Document {
  /// What a cell showed.
  package enum Output: Equatable {
    case text(String)
    /// Too long to show: its ends, and the file that holds the whole.
    case cut(head: String, tail: String, omitted: String, file: String)
    case table(headers: [String], rows: [[String]])
    case figure(Picture, number: Int)
    case note(String)
    case failure(String)
  }

  package struct Section {
    package var cell: Cell
    /// With measured values in place.
    package var prose: String
    package var outputs: [Output] = []
  }

  /// Something `--check` fails for.
  package struct Problem: Equatable {
    package var cell: Int?
    package var message: String

    package init(cell: Int? = nil, message: String) {
      self.cell = cell
      self.message = message
    }
  }

  package let header: RunHeader
  package private(set) var sections: [Section] = []
  package private(set) var metrics: [(name: String, value: Double)] = []
  package private(set) var timings: [(name: String, seconds: Double)] = []
  package private(set) var history: [String] = []
  package private(set) var data: [(name: String, sha256: String)] = []
  package private(set) var status: Int32 = 0
  package private(set) var problems: [Problem] = []
  /// Why a run that came to its end failed all the same: measured values that are no numbers.
  package private(set) var faults: [Problem] = []
  /// Long outputs, by the path of their file.
  package private(set) var files: [(path: String, text: String)] = []

  package var title: String { Source(header.source).title ?? header.name }
  package var values: [String: Double] {
    Dictionary(metrics.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }

  /// - Parameter current: the source as it is now. Its prose is taken if its code is still that
  ///   of the run, so that words can be mended without training again.
  package init(records: [Record], current: String? = nil) {
    var header: RunHeader?
    for record in records { if case .run(let found) = record.event { header = found } }
    self.header =
      header
      ?? RunHeader(name: "tutorial", file: "", source: "", seed: 0, quick: false, settings: [:])
    let source = Source(self.header.source)
    var prose = source.cells.map(\.prose)
    if let current = current.map(Source.init), current.cells.map(\.code) == source.cells.map(\.code)
    {
      prose = current.cells.map(\.prose)
    }
    sections = zip(source.cells, prose).map { Section(cell: $0, prose: $1) }
    var placing = Placing(source: source, file: self.header.file)
    for record in records { take(record, &placing) }
    finish(placing)
  }

  /// Where the next output belongs.
  private struct Placing {
    let source: Source
    let file: String
    var reached = 0
    var raw = ""
    /// Text of the current cell that is waiting for more.
    var text: [Int: String] = [:]
    var figures = 0
    var lines: Set<UInt> = []
    var lastLine: UInt = 1
  }

  private mutating func take(_ record: Record, _ placing: inout Placing) {
    if case .text(let text) = record.event {
      placing.raw += text
      return
    }
    if let line = record.line {
      placing.reached = max(placing.reached, placing.source.cell(at: line))
      placing.lines.insert(line)
      placing.lastLine = line
    }
    if case .ended(let status) = record.event { return end(status, &placing) }
    placeRaw(&placing)
    let cell = placing.reached
    switch record.event {
    case .show(let text): placing.text[cell, default: ""] += cleaned(text) + "\n"
    case .metric(let name, let value):
      if let index = metrics.firstIndex(where: { $0.name == name }) {
        metrics[index].value = value
      } else {
        metrics.append((name, value))
      }
      placing.text[cell, default: ""] += "\(name) = \(measured(value))\n"
      faults.removeAll { $0.message.hasPrefix("\(name) ") }
      if !value.isFinite {
        faults.append(.init(cell: cell + 1, message: "\(name) is not finite (\(exactly(value)))"))
      }
    case .table(let headers, let rows):
      add(.table(headers: headers, rows: rows.map { $0.map(withMinus) }), &placing)
    case .figure(let picture):
      placing.figures += 1
      if let problem = picture.problem { problems.append(.init(cell: cell + 1, message: problem)) }
      add(.figure(picture, number: placing.figures), &placing)
    case .note(let markdown): add(.note(markdown), &placing)
    case .stopped(let place): add(.note("**Stopped** with Ctrl-C at \(place)."), &placing)
    case .failure(let message): add(.failure(message), &placing)
    case .timing(let name, let seconds): timings.append((name, seconds))
    case .history(let rows): history += rows
    case .data(let name, let sha):
      data.append((name, sha))
      placing.text[cell, default: ""] += "data: \(name), SHA-256 \(sha)\n"
    case .run, .text, .progress, .ended: break
    }
  }

  private func placeRaw(_ placing: inout Placing) {
    guard !placing.raw.isEmpty else { return }
    placing.text[placing.reached, default: ""] += cleaned(placing.raw)
    placing.raw = ""
  }

  private mutating func add(_ output: Output, _ placing: inout Placing) {
    flushText(placing.reached, &placing)
    sections[placing.reached].outputs.append(output)
  }

  private mutating func flushText(_ cell: Int, _ placing: inout Placing) {
    guard let text = placing.text.removeValue(forKey: cell) else { return }
    let trimmed = trimmedEnd(text)
    guard !trimmed.isEmpty else { return }
    let number = sections[cell].outputs.count + 1
    let path = "outputs/cell-\(twoDigits(cell + 1))-\(number).txt"
    if let cut = Self.cut(trimmed, path: path) {
      sections[cell].outputs.append(cut)
      files.append((path, text))
    } else {
      sections[cell].outputs.append(.text(trimmed))
    }
  }

  /// Head and tail of a text of more than 60 lines or 12,000 characters.
  package static func cut(_ text: String, path: String) -> Output? {
    let (most, longest) = (60, 12_000)
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.count <= most && text.utf8.count <= longest { return nil }
    let (headLines, tailLines) = (lines.prefix(30), lines.dropFirst(30).suffix(15))
    let head = headLines.map { String(Substring($0)) }.joined(separator: "\n").prefix(longest / 2)
    let tail = tailLines.map { String(Substring($0)) }.joined(separator: "\n").suffix(longest / 4)
    let omitted = lines.count - headLines.count - tailLines.count
    let bytes = "\(grouped(text.utf8.count)) bytes in all"
    return .cut(
      head: String(head), tail: String(tail),
      omitted: omitted > 0 ? "\(grouped(omitted)) lines left out, \(bytes)" : bytes, file: path)
  }

  /// The run is over. A crash leaves a message, and perhaps a backtrace that knows the line.
  private mutating func end(_ status: Int32, _ placing: inout Placing) {
    self.status = status
    guard status != 0 && status != 130 else { return }
    let tail = placing.raw
    let visible = tail.range(of: "\n*** Signal").map { String(tail[..<$0.lowerBound]) } ?? tail
    let line = Self.crashLine(in: tail, file: placing.file)
    if let line { placing.reached = max(placing.reached, placing.source.cell(at: line)) }
    placing.raw = visible
    placeRaw(&placing)
    let lines = header.source.split(separator: "\n", omittingEmptySubsequences: false)
    let gaveUp = sections[placing.reached].outputs.contains {
      if case .failure = $0 { true } else { false }
    }
    if gaveUp { return sections.removeSubrange((placing.reached + 1)...) }
    var message = "The run ended here with status \(status)"
    if status > 128 { message += " (\(signalName(status - 128)))" }
    let number = Int(line ?? placing.lastLine)
    message += line == nil ? ", after line \(number)" : ", in line \(number)"
    if lines.indices.contains(number - 1) {
      let code = lines[number - 1].replacingOccurrences(of: "//#hide", with: "")
      message += ":\n    " + code.trimmingCharacters(in: .whitespaces)
    }
    add(.failure(message), &placing)
    sections.removeSubrange((placing.reached + 1)...)
  }

  /// The source line of a crash: from the runtime's message, else from the backtrace.
  package static func crashLine(in text: String, file: String) -> UInt? {
    guard !file.isEmpty,
      let regex = try? Regex(
        "\(file.replacingOccurrences(of: ".", with: "\\.")):([0-9]+)",
        as: (Substring, Substring).self)
    else { return nil }
    return text.firstMatch(of: regex).flatMap { UInt($0.output.1) }
  }

  private mutating func finish(_ placing: Placing) {
    var placing = placing
    placeRaw(&placing)
    for cell in placing.text.keys.sorted() where cell < sections.count {
      flushText(cell, &placing)
    }
    if status == 0 && !faults.isEmpty { status = 1 }
    let values = self.values
    for index in sections.indices {
      let (text, unresolved) = Placeholders.resolve(sections[index].prose, values)
      sections[index].prose = text
      problems += unresolved.map { Problem(cell: index + 1, message: $0) }
    }
    for cell in placing.source.cells {
      for call in cell.calls where !placing.lines.contains(where: { call.lines.contains($0) }) {
        problems.append(
          Problem(
            cell: cell.number,
            message: "line \(call.lines.lowerBound), \(call.name), never ran"))
      }
    }
  }

  private func signalName(_ signal: Int32) -> String {
    let names: [Int32: String] = [
      SIGILL: "illegal instruction: a Swift trap", SIGTRAP: "trap", SIGABRT: "aborted",
      SIGSEGV: "segmentation fault", SIGBUS: "bus error", SIGFPE: "arithmetic fault",
      SIGKILL: "killed, perhaps for want of memory", SIGTERM: "terminated",
    ]
    return names[signal] ?? "signal \(signal)"
  }
}
