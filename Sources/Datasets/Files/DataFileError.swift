/// What is wrong with a file of data, with a folder of them, or with fetching one: one line that
/// says which file and where in it, what was expected and what was found, and what to do.
public struct DataFileError: Error, Equatable, Sendable {
  /// The kinds of mistakes.
  public enum Kind: Sendable, Equatable {
    /// The system can't read or write the file.
    case noSuchFile, isDirectory, notPermitted, unreadable, notWritable
    /// It is packed, and what it is packed with is broken.
    case badGzip
    /// It is no IDX file, or it has another size than its header says.
    case notIDX, unknownElement, truncated, surplus, tooLarge
    /// It is an IDX file, but of something else than was asked for.
    case wrongContent
    /// A folder lacks a file.
    case incompleteFolder
    /// There is no place for a cache.
    case noCache
    /// A download didn't arrive, or what arrived is something else.
    case notDownloaded, wrongChecksum
  }

  /// The kind of mistake.
  public let kind: Kind
  /// The file or folder, as it was named.
  public let file: String
  /// Where in the file, in bytes from its beginning. In a packed file, of what is unpacked.
  public let offset: Int?
  /// What was expected, and what was found.
  public let problem: String
  /// What to do.
  public let advice: String

  init(_ kind: Kind, file: String, offset: Int? = nil, problem: String, advice: String) {
    self.kind = kind
    self.file = file
    self.offset = offset
    self.problem = problem
    self.advice = advice
  }
}

extension DataFileError: CustomStringConvertible {
  /// One line, such as `images.gz, byte 16: 47040000 bytes of pixels were expected, but …; …`.
  public var description: String {
    "\(file)\(offset.map { ", byte \($0)" } ?? ""): \(problem); \(advice)"
  }
}
