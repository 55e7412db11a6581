import Foundation
import NeuronikaTutorialKit
import Testing
import TutorialRunning

@Suite("The stream of events and raw output")
struct StreamTests {
  let token = "0123456789abcdef0123456789abcdef"

  /// Neighbouring texts joined: where they are cut doesn't matter.
  private func read(_ bytes: [UInt8], chunk: Int) -> [StreamCodec.Piece] {
    var codec = StreamCodec(token: token)
    var pieces: [StreamCodec.Piece] = []
    func add(_ piece: StreamCodec.Piece) {
      if case .text(let more) = piece, case .text(let text)? = pieces.last {
        pieces[pieces.count - 1] = .text(text + more)
      } else {
        pieces.append(piece)
      }
    }
    for start in stride(from: 0, to: bytes.count, by: chunk) {
      codec.feed(bytes[start..<min(start + chunk, bytes.count)]).forEach(add)
    }
    let rest = codec.finish()
    if !rest.isEmpty { add(.text(rest)) }
    return pieces
  }

  @Test("comes apart again however it is cut", arguments: [1, 2, 7, 41, 43, 1000])
  func interleaved(chunk: Int) {
    let codec = StreamCodec(token: token)
    let payload = Data("{\"a\":\"\u{1E}\(token)\u{1E}00000001x\"}".utf8)
    let bytes =
      Array("before".utf8) + codec.frame(payload) + codec.frame(Data()) + Array("\u{1E}after".utf8)
      + codec.frame(payload) + Array("ünd".utf8)
    #expect(
      read(bytes, chunk: chunk) == [
        .text(Array("before".utf8)), .event(payload), .event(Data()),
        .text(Array("\u{1E}after".utf8)), .event(payload), .text(Array("ünd".utf8)),
      ])
  }

  @Test("takes text that looks like an event for text", arguments: [1, 5, 1000])
  func imitation(chunk: Int) {
    let text = Array(
      "\u{1E}\u{1E}ffff\u{1E}00000002{}\u{1E}\(token)\u{1E}zzzzzzzz and on \u{1E}012".utf8)
    #expect(read(text, chunk: chunk) == [.text(text)])
  }

  @Test("carries every event, NaN included")
  func events() throws {
    let record = Record(line: 7, .metric(name: "a\n\"b\"", value: .infinity))
    #expect(try JSON.decode(Record.self, from: JSON.encode(record)) == record)
  }
}

@Suite("A supervised child", .serialized)
struct SupervisorTests {
  private func run(_ script: String) throws -> (status: Int32, records: [Record]) {
    let folder = try scratch()
    let header = RunHeader(
      name: "t", file: "main.swift", source: "", seed: 0, quick: false, settings: [:])
    var supervisor = Supervisor(
      directory: folder, header: header, arguments: ["-c", script], executable: "/bin/sh")
    supervisor.isQuiet = true
    var console = Console()
    let status = try supervisor.run(console: &console)
    let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/events.jsonl"))
    let records = try data.split(separator: UInt8(ascii: "\n")).map {
      try JSON.decode(Record.self, from: Data($0))
    }
    return (status, records)
  }

  @Test(
    "gives its status on, or 128 and its signal",
    arguments: [
      ("exit 0", 0), ("exit 66", 66), ("kill -SEGV $$", 139), ("kill -KILL $$", 137),
    ])
  func status(script: String, expected: Int32) throws {
    let (status, records) = try run(script)
    #expect(status == expected)
    #expect(records.last?.event == .ended(status: expected))
  }

  @Test("has both its outputs taken down in order")
  func outputs() throws {
    let (_, records) = try run("echo one; echo two >&2; printf three")
    #expect(records[1].event == .text("one\ntwo\nthree"))
  }

  @Test("may print ten megabytes")
  func flood() throws {
    let (status, records) = try run(
      "yes 'a line of some length, again and again' | head -c 10000000")
    let length = records.reduce(0) { sum, record in
      if case .text(let text) = record.event { sum + text.utf8.count } else { sum }
    }
    #expect(status == 0)
    #expect(length == 10_000_000)
  }

  @Test("is not waited for when only a grandchild holds the pipe")
  func grandchild() throws {
    let start = ContinuousClock.now
    #expect(try run("sleep 30 & echo gone").status == 0)
    #expect(ContinuousClock.now - start < .seconds(20))
  }
}
