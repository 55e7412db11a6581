import Foundation

/// A part of a text file that a program writes, between two lines that say so.
public struct MarkedSection: Equatable, Sendable {
  /// The section of a README that tells how fast things are.
  public static let performance = MarkedSection(
    begin: "<!-- performance: written by bench publish -->", end: "<!-- end of performance -->")

  /// The line before the section.
  public let begin: String
  /// The line after it.
  public let end: String

  /// - Parameters:
  ///   - begin: The line before the section.
  ///   - end: The line after it.
  public init(begin: String, end: String) { (self.begin, self.end) = (begin, end) }

  /// What stands between the lines, without blanks and line breaks at its ends.
  ///
  /// - Parameter text: The file's.
  /// - Throws: ``RunFolderError`` unless both lines are there once, in their order.
  public func content(of text: String) throws -> String {
    try String(text[range(in: text)]).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The text with another content between the lines.
  ///
  /// - Parameters:
  ///   - text: The file's.
  ///   - content: May be empty.
  /// - Throws: ``RunFolderError`` unless both lines are there once, in their order.
  public func replacing(in text: String, by content: String) throws -> String {
    let range = try range(in: text)
    let inserted = content.isEmpty ? "\n" : "\n\n\(content)\n\n"
    return text[..<range.lowerBound] + inserted + text[range.upperBound...]
  }

  private func range(in text: String) throws -> Range<String.Index> {
    let (begins, ends) = (text.ranges(of: begin), text.ranges(of: end))
    guard begins.count == 1, ends.count == 1, begins[0].upperBound <= ends[0].lowerBound else {
      throw RunFolderError(
        "the lines `\(begin)` and `\(end)` have to be there once each, in this order: the section "
          + "goes between them")
    }
    return begins[0].upperBound..<ends[0].lowerBound
  }
}
