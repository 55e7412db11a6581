#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Why the system didn't do something with a file: `errno` in words.
struct SystemError: Error {
  enum Kind {
    case noSuchFile, isDirectory, notPermitted, other
  }

  let kind: Kind
  let problem: String
  let advice: String

  /// - Parameters:
  ///   - code: The value of `errno`.
  ///   - action: What was tried: "reading".
  init(_ code: CInt, _ action: String) {
    switch code {
    case ENOENT, ENOTDIR:
      kind = .noSuchFile
      problem = "there is no such file"
      advice = "check the path; relative ones start in the current directory"
    case EISDIR:
      kind = .isDirectory
      problem = "this is a directory"
      advice = "name a file in it"
    case EACCES, EPERM:
      kind = .notPermitted
      problem = "\(action) is not permitted"
      advice = "look at its permissions with ls -l"
    case ENOSPC, EDQUOT:
      kind = .other
      problem = "the disk is full"
      advice = "make room, or choose another folder"
    default:
      kind = .other
      problem = "\(action) failed: \(String(cString: strerror(code)))"
      advice = action == "reading" ? "try to copy the file" : "try another folder"
    }
  }
}

extension CSVError {
  init(_ error: SystemError, file: String) {
    let kind: Kind =
      switch error.kind {
      case .noSuchFile: .noSuchFile
      case .isDirectory: .isDirectory
      case .notPermitted: .notPermitted
      case .other: .unreadable
      }
    self.init(kind, file: file, problem: error.problem, advice: error.advice)
  }
}

extension DataFileError {
  /// The error of a file that could not be read.
  init(reading error: SystemError, file: String) {
    let kind: Kind =
      switch error.kind {
      case .noSuchFile: .noSuchFile
      case .isDirectory: .isDirectory
      case .notPermitted: .notPermitted
      case .other: .unreadable
      }
    self.init(kind, file: file, problem: error.problem, advice: error.advice)
  }

  /// The error of a file or folder that could not be written.
  init(writing error: SystemError, file: String) {
    self.init(.notWritable, file: file, problem: error.problem, advice: error.advice)
  }
}
