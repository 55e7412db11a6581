/// What is wrong with a file of tensors, or with writing one: one line that says where, what was
/// found, and what to do.
public struct CheckpointError: Error, Equatable, Sendable {
  /// The kinds of mistakes.
  public enum Kind: Sendable, Equatable {
    /// The file can't be opened or read.
    case noSuchFile, isDirectory, notPermitted, unreadable
    /// The file can't be written; the former one, if there was one, is as it was.
    case unwritable
    /// The file is shorter than it says, or is of another kind.
    case truncated, otherFormat
    /// The header doesn't follow the format, or contradicts itself.
    case badHeader, duplicateName, unknownType
    /// The places of the tensors don't cover the data exactly.
    case badOffsets
    /// The numbers are of a type that can't be read, or too great or too fine for a `Float`.
    case unsupportedType, inexact
    /// Tensors, but no training state.
    case notACheckpoint
    /// A name that the format can't hold.
    case badName
  }

  /// The kind of mistake.
  public let kind: Kind
  /// The file, as it was named.
  public let file: String
  /// Where in the file, in bytes from 0.
  public let offset: Int?
  /// Which tensor or number.
  public let name: String?
  /// What is wrong.
  public let problem: String
  /// What to do.
  public let advice: String

  init(
    _ kind: Kind, file: String, offset: Int? = nil, name: String? = nil, problem: String,
    advice: String
  ) {
    self.kind = kind
    self.file = file
    self.offset = offset
    self.name = name
    self.problem = problem
    self.advice = advice
  }
}

extension CheckpointError: CustomStringConvertible {
  /// One line, such as `model.safetensors, byte 0: the header's length is …; …`.
  public var description: String {
    var place = file
    if let offset { place += ", byte \(offset)" }
    if let name { place += " (\(CheckpointError.quoted(name)))" }
    return "\(place): \(problem); \(advice)"
  }

  /// Text from a file in quotes, on one line, and not more than some 60 characters of it.
  static func quoted(_ text: String) -> String {
    let limit = 60
    var shown = ""
    for scalar in text.unicodeScalars.prefix(limit) {
      let isControl = scalar.value < 32 || scalar.value == 127
      shown += isControl ? scalar.escaped(asASCII: true) : "\(scalar)"
    }
    return text.unicodeScalars.count > limit ? "\"\(shown)…\"" : "\"\(shown)\""
  }
}
