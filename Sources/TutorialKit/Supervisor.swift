import CNeuronikaMarkGFM
import Foundation
import Synchronization

private let childProcess = Atomic<Int32>(0)

/// Runs the tutorial as a child: drains the pipe both of its outputs go into, shows the text,
/// writes the events down, and learns how it ended.
package struct Supervisor {
  /// Raw output kept of one run, in bytes; what is beyond is shown on the terminal only.
  private static let limit = 256 << 20

  package let directory: String
  package let header: RunHeader
  package let arguments: [String]
  package let executable: String
  /// Whether the child's output is shown, or only written down.
  package var isQuiet = false

  package init(
    directory: String, header: RunHeader, arguments: [String],
    executable: String = Bundle.main.executablePath ?? CommandLine.arguments[0]
  ) {
    self.directory = directory
    self.header = header
    self.arguments = arguments
    self.executable = executable
  }

  /// The child's status, or 128 + the signal that ended it; 130 after Ctrl-C.
  package func run(console: inout Console) throws(NotebookError) -> Int32 {
    let log = directory + "/events.jsonl"
    guard FileManager.default.createFile(atPath: log, contents: nil),
      let file = FileHandle(forWritingAtPath: log)
    else { throw NotebookError("\(log) can't be written.") }
    var journal = Journal(file: file, limit: Self.limit)
    journal.add(Record(.run(header)))

    let token = StreamCodec.randomToken()
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else {
      throw NotebookError("No pipe: \(String(cString: strerror(errno)))")
    }
    _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
    _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
    let handOver = HandOver(
      token: token, parent: getpid(), directory: directory,
      columns: isQuiet ? nil : console.columns)
    let child = try spawn(handOver, output: ends[1])
    close(ends[1])
    childProcess.store(child, ordering: .relaxed)
    installHandlers()

    var codec = StreamCodec(token: token)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var status: Int32?
    while true {
      var ready = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
      let count = poll(&ready, 1, 200)
      if count < 0 && errno == EINTR { continue }
      if count == 0 {
        // A grandchild may hold the pipe open after the child has ended.
        if status != nil { break }
        status = wait(for: child, blocking: false)
        continue
      }
      let length = buffer.withUnsafeMutableBytes { read(ends[0], $0.baseAddress, $0.count) }
      if length < 0 && errno == EINTR { continue }
      guard length > 0 else { break }
      for piece in codec.feed(buffer[..<length]) { take(piece, &journal, &console) }
    }
    let rest = codec.finish()
    if !rest.isEmpty { take(.text(rest), &journal, &console) }
    close(ends[0])
    var end = status ?? wait(for: child, blocking: true) ?? 1
    childProcess.store(0, ordering: .relaxed)
    if interruptions.load(ordering: .relaxed) > 0 && end == 0 { end = 130 }
    journal.add(Record(.ended(status: end)))
    journal.close()
    console.erase()
    return end
  }

  private func take(_ piece: StreamCodec.Piece, _ journal: inout Journal, _ console: inout Console)
  {
    switch piece {
    case .text(let bytes):
      if !isQuiet { console.raw(bytes) }
      journal.add(text: bytes)
    case .event(let data):
      guard let record = try? JSON.decode(Record.self, from: data) else {
        return journal.add(text: Array("[an event of the notebook could not be read]\n".utf8))
      }
      if !isQuiet { console.show(record) }
      if case .progress = record.event, !journal.isNew(progressLine: record.line) { return }
      journal.add(record)
    }
  }

  /// Starts this program again, in a process group of its own so that Ctrl-C reaches it once, and
  /// gnuplot not at all.
  private func spawn(_ handOver: HandOver, output: Int32) throws(NotebookError) -> pid_t {
    var environment = ProcessInfo.processInfo.environment
    environment[HandOver.variable] = String(decoding: JSON.encode(handOver), as: UTF8.self)
    if environment["SWIFT_BACKTRACE"] == nil {
      environment["SWIFT_BACKTRACE"] =
        "enable=yes,color=no,interactive=no,threads=crashed,images=none,registers=none"
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, output, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    var defaults = sigset_t()
    sigemptyset(&defaults)
    sigaddset(&defaults, SIGPIPE)
    sigaddset(&defaults, SIGINT)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    var blocked = sigset_t()
    sigemptyset(&blocked)
    posix_spawnattr_setsigmask(&attributes, &blocked)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    var argv = ([CommandLine.arguments.first ?? executable] + arguments).map { strdup($0) } + [nil]
    var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in argv + envp { free(text) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, executable, &actions, &attributes, &argv, &envp)
    guard code == 0 else {
      throw NotebookError("\(executable) can't be started: \(String(cString: strerror(code)))")
    }
    return child
  }

  private func wait(for child: pid_t, blocking: Bool) -> Int32? {
    var status: Int32 = 0
    var found: pid_t
    repeat {
      found = waitpid(child, &status, blocking ? 0 : WNOHANG)
    } while found < 0
      && errno == EINTR
    guard found == child else { return nil }
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }

  private func installHandlers() {
    interruptions.store(0, ordering: .relaxed)
    let handler: @convention(c) (Int32) -> Void = { _ in
      let child = childProcess.load(ordering: .relaxed)
      guard child > 0 else { _exit(130) }
      if interruptions.add(1, ordering: .relaxed).oldValue == 0 {
        say("\r\u{1B}[KStopping after this step. Ctrl-C again ends at once.\n")
        kill(child, SIGINT)
      } else {
        kill(-child, SIGKILL)
        _exit(130)
      }
    }
    neuronika_handle(SIGINT, handler)
    for ending in [SIGTERM, SIGHUP] {
      neuronika_handle(ending) { number in
        let child = childProcess.load(ordering: .relaxed)
        if child > 0 { kill(-child, SIGKILL) }
        _exit(128 + number)
      }
    }
  }
}

/// Fit for a signal handler: one call, no allocation.
private func say(_ text: StaticString) {
  _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
}

/// `events.jsonl` while it grows. Text is gathered between events and cut at ends of lines.
private struct Journal {
  let file: FileHandle
  var limit: Int
  private var text: [UInt8] = []
  private var progressLines: Set<UInt?> = []

  init(file: FileHandle, limit: Int) {
    self.file = file
    self.limit = limit
  }

  /// Of a loop's many progress events one is enough to know that its cell ran.
  mutating func isNew(progressLine: UInt?) -> Bool { progressLines.insert(progressLine).inserted }

  mutating func add(text bytes: [UInt8]) {
    guard limit > 0 else { return }
    limit -= bytes.count
    text += bytes
    if limit <= 0 { text += Array("\n[what was printed from here on is not kept]\n".utf8) }
    guard text.count > 1 << 18 else { return }
    let end = text.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? text.count
    write(Record(.text(String(decoding: text[..<end], as: UTF8.self))))
    text.removeFirst(end)
  }

  mutating func add(_ record: Record) {
    if !text.isEmpty { write(Record(.text(String(decoding: text, as: UTF8.self)))) }
    text = []
    write(record)
  }

  private func write(_ record: Record) {
    try? file.write(contentsOf: JSON.encode(record) + Data("\n".utf8))
  }

  func close() { try? file.close() }
}
