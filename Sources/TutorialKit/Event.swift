import Foundation

/// What a notebook says while it runs, and what the supervisor adds. `events.jsonl` is a list of
/// these, one a line, in the order in which they happened; it is all that weaving needs.
package enum Event: Codable, Equatable, Sendable {
  /// First of every run.
  case run(RunHeader)
  /// Raw output: `print`, C libraries, gnuplot.
  case text(String)
  case show(text: String)
  case table(headers: [String], rows: [[String]])
  case metric(name: String, value: Double)
  case timing(name: String, seconds: Double)
  case figure(Picture)
  case note(markdown: String)
  case progress(Progress)
  /// Rows of `history.csv`.
  case history(rows: [String])
  case data(name: String, sha256: String)
  /// Ctrl-C was heard.
  case stopped(at: String)
  /// The tutorial gave up, and says why.
  case failure(message: String)
  /// Last of every run: the child's exit status, or 128 + the signal that ended it.
  case ended(status: Int32)
}

/// An event with the line of the call that made it.
package struct Record: Codable, Equatable, Sendable {
  package var line: UInt?
  package var event: Event

  package init(line: UInt? = nil, _ event: Event) {
    self.line = line
    self.event = event
  }
}

/// What a run is of. Holds the source as it was, so that weaving again needs nothing else.
package struct RunHeader: Codable, Equatable, Sendable {
  package var name: String
  package var file: String
  package var source: String
  package var seed: UInt64
  package var quick: Bool
  package var settings: [String: String]
  /// The program's name, as `swift run` takes it.
  package var program: String?

  package init(
    name: String, file: String, source: String, seed: UInt64, quick: Bool,
    settings: [String: String], program: String? = nil
  ) {
    (self.name, self.file, self.source) = (name, file, source)
    (self.seed, self.quick, self.settings) = (seed, quick, settings)
    self.program = program
  }
}

/// A PNG in the folder of the run, or the reason why it is missing.
package struct Picture: Codable, Equatable, Sendable {
  package var path: String
  package var alt: String
  package var caption: String?
  /// Pixels to be shown as squares rather than smoothed.
  package var pixelated: Bool
  package var problem: String?

  package init(path: String, alt: String, caption: String?, pixelated: Bool) {
    (self.path, self.alt, self.caption, self.pixelated) = (path, alt, caption, pixelated)
  }
}

/// How far a loop has come. Shown on the terminal, never in the document.
package struct Progress: Codable, Equatable, Sendable {
  package var text: String?
  package var done: Int
  package var total: Int
  package var epoch: Int?
  package var loss: Double?
  package var accuracy: Double?
  package var samples: Int?
}

/// JSON as this module writes it: one order of keys, plain slashes, NaN and infinity as words.
package enum JSON {
  package static func encode(_ value: some Encodable, pretty: Bool = false) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // Nothing that is encoded here can fail: strings, finite trees, numbers covered above.
    return (try? encoder.encode(value)) ?? Data()
  }

  package static func decode<Value: Decodable>(_: Value.Type, from data: Data) throws -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(Value.self, from: data)
  }
}

/// The one stream in which events and raw output travel. An event stands between private marks:
/// `RS token RS length payload`, where the token is 128 random bits made for this run, so that no
/// text a program prints can be taken for one, and the length makes any payload harmless.
package struct StreamCodec {
  /// A piece of the stream.
  package enum Piece: Equatable {
    case text([UInt8])
    case event(Data)
  }

  private static let separator: UInt8 = 0x1E
  private static let digits = 8
  private let mark: [UInt8]
  private var buffer: [UInt8] = []

  package init(token: String) {
    mark = [Self.separator] + Array(token.utf8) + [Self.separator]
  }

  package static func randomToken() -> String {
    (0..<2).map { _ in hexadecimal(UInt64.random(in: .min ... .max), digits: 16) }.joined()
  }

  package func frame(_ payload: Data) -> [UInt8] {
    mark + Array(hexadecimal(UInt64(payload.count), digits: Self.digits).utf8) + payload
  }

  /// Takes what was read and gives every piece that is complete.
  package mutating func feed(_ bytes: some Sequence<UInt8>) -> [Piece] {
    buffer.append(contentsOf: bytes)
    var pieces: [Piece] = []
    var textStart = 0
    var at = 0
    scan: while at < buffer.count {
      guard let found = buffer[at...].firstIndex(of: Self.separator) else { break }
      at = found
      for offset in mark.indices {
        guard at + offset < buffer.count else { break scan }
        guard buffer[at + offset] == mark[offset] else {
          at += 1
          continue scan
        }
      }
      let head = at + mark.count
      guard head + Self.digits <= buffer.count else { break }
      let length = Int(
        String(decoding: buffer[head..<head + Self.digits], as: UTF8.self), radix: 16)
      guard let length else {
        at += 1
        continue
      }
      let end = head + Self.digits + length
      guard end <= buffer.count else { break }
      if textStart < at { pieces.append(.text(Array(buffer[textStart..<at]))) }
      pieces.append(.event(Data(buffer[head + Self.digits..<end])))
      at = end
      textStart = end
    }
    // `at` stands at a mark that isn't complete yet, or after it there is none.
    let safe =
      at < buffer.count && buffer[at] == Self.separator ? max(at, textStart) : buffer.count
    if textStart < safe { pieces.append(.text(Array(buffer[textStart..<safe]))) }
    buffer.removeFirst(safe)
    return pieces
  }

  /// What is left when the stream has ended, taken as text.
  package mutating func finish() -> [UInt8] {
    defer { buffer = [] }
    return buffer
  }
}

package func hexadecimal(_ value: UInt64, digits: Int) -> String {
  let text = String(value, radix: 16)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}
