#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The program `curl`, which knows what a download needs to: proxies, certificates, redirections.
///
/// Run rather than linked: only who downloads needs it. Foundation's URLSession would bring
/// Foundation and a second HTTP stack into every program, and on Linux can't go on with a download.
enum Curl {
  /// Fetches a URL, going on behind what the file holds already.
  ///
  /// - Parameters:
  ///   - url: What to fetch.
  ///   - path: The file.
  ///   - size: The size that the file will have. What is longer is broken off.
  ///   - progress: Is told ten times a second how long the file is.
  /// - Returns: What went wrong, if something did.
  /// - Throws: `DataFileError` if there is no `curl`.
  static func fetch(
    _ url: String, to path: String, size: Int, _ progress: (Int) -> Void
  ) throws(DataFileError) -> String? {
    var arguments = [
      "curl", "--silent", "--show-error", "--fail", "--location", "--proto", "=http,https",
      "--connect-timeout", "20", "--speed-limit", "100", "--speed-time", "30",
      "--max-filesize", "\(size)", "--output", path,
    ]
    if let start = fileSize(path), start > 0 { arguments += ["--continue-at", "\(start)"] }
    arguments.append(url)
    let (child, messages) = try start(arguments)
    defer { close(messages) }

    var status: CInt = 0
    var isTooLong = false
    while true {
      let ended = waitpid(child, &status, WNOHANG)
      if ended == child || (ended < 0 && errno != EINTR) { break }
      let length = fileSize(path) ?? 0
      if length > size, !isTooLong {
        isTooLong = true
        kill(child, SIGTERM)
      }
      progress(length)
      usleep(100_000)
    }
    if isTooLong { return "more than \(size) bytes came" }
    // curl says no more than a line, which the pipe keeps.
    var text = [UInt8](repeating: 0, count: 4096)
    let count = max(read(messages, &text, text.count), 0)
    let message = String(decoding: text[..<count], as: UTF8.self)
      .split { $0.isNewline }.first.map(String.init)
    if status == 0 { return nil }
    let signal = status & 0x7F
    return message ?? (signal == 0 ? "curl's status \(status >> 8 & 0xFF)" : "signal \(signal)")
  }

  /// Starts the program.
  ///
  /// - Returns: The process, and where its messages can be read.
  private static func start(
    _ arguments: [String]
  ) throws(DataFileError) -> (child: pid_t, messages: CInt) {
    var ends: [CInt] = [0, 0]
    guard pipe(&ends) == 0 else { throw failure(errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    var pointers = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var child: pid_t = 0
    let code = posix_spawnp(&child, "curl", &actions, nil, &pointers, environ)
    close(ends[1])
    if code != 0 {
      close(ends[0])
      throw failure(code)
    }
    return (child, ends[0])
  }

  private static func failure(_ code: CInt) -> DataFileError {
    DataFileError(
      .notDownloaded, file: "curl",
      problem: code == ENOENT
        ? "there is no program of this name, which does the downloading"
        : "the program could not be started: \(String(cString: strerror(code)))",
      advice: "install it, or put the four files into a folder and name that (--data)")
  }
}
