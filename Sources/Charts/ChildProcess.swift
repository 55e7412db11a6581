import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How a child process ended.
package enum ChildEnd: Equatable {
  case exited(status: Int32)
  case killed(signal: Int32)
  case timedOut
  case notStarted(reason: String)
}

/// Runs a program in `folder` with an empty standard input and `LC_ALL=C`, and waits for it.
///
/// The child leads a process group of its own: on reaching the time limit the whole group is
/// killed, so that no grandchild lives on. Output and errors go to a file, which can't fill up and
/// stall the child as a pipe would. Foundation's `Process` does neither.
package func runChild(
  _ executable: String, arguments: [String], in folder: String, output: String,
  timeLimit: Duration
) -> ChildEnd {
  #if canImport(Darwin)
    var actions: posix_spawn_file_actions_t?
    var attributes: posix_spawnattr_t?
  #else
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
  #endif
  posix_spawn_file_actions_init(&actions)
  posix_spawnattr_init(&attributes)
  defer {
    posix_spawn_file_actions_destroy(&actions)
    posix_spawnattr_destroy(&attributes)
  }
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  posix_spawn_file_actions_adddup2(&actions, 1, 2)
  posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
  posix_spawnattr_setpgroup(&attributes, 0)

  var variables = ProcessInfo.processInfo.environment
  variables["LC_ALL"] = "C"
  // Not every C library lets posix_spawn change the folder; a shell does, and then becomes the
  // program. The paths are its arguments, not its text: nothing in them is special.
  let shell = ["/bin/sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "sh", folder, executable]
  var argumentPointers = (shell + arguments).map { strdup($0) } + [nil]
  var variablePointers = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
  defer { for pointer in argumentPointers + variablePointers { free(pointer) } }

  var child: pid_t = 0
  let failure = posix_spawn(
    &child, shell[0], &actions, &attributes, &argumentPointers, &variablePointers)
  guard failure == 0 else { return .notStarted(reason: String(cString: strerror(failure))) }
  return wait(for: child, timeLimit: timeLimit)
}

private func wait(for child: pid_t, timeLimit: Duration) -> ChildEnd {
  let deadline = ContinuousClock.now + timeLimit
  var status: Int32 = 0
  var pause: UInt32 = 500
  while true {
    let ended = waitpid(child, &status, WNOHANG)
    if ended == child { break }
    if ended < 0, errno != EINTR {
      return .notStarted(reason: String(cString: strerror(errno)))
    }
    if ContinuousClock.now >= deadline {
      kill(-child, SIGKILL)
      while waitpid(child, &status, 0) < 0, errno == EINTR {}
      return .timedOut
    }
    usleep(pause)
    pause = min(pause * 2, 10_000)
  }
  let signal = status & 0x7f
  return signal == 0 ? .exited(status: (status >> 8) & 0xff) : .killed(signal: signal)
}
