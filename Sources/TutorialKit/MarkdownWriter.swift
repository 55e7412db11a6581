import Foundation

/// The document as GitHub Markdown.
package struct MarkdownWriter {
  package let document: Document

  package init(_ document: Document) { self.document = document }

  /// What a quick run says on every page.
  package static let watermark =
    "**Quick run.** Less data and fewer steps: the numbers here say that it works, not how well."

  package func text() -> String {
    blocks().map(\.text).joined(separator: "\n\n") + "\n"
  }

  /// The document in pieces, each with the number of its cell.
  package func blocks() -> [(cell: Int, text: String)] {
    var blocks: [(cell: Int, text: String)] = []
    for section in document.sections {
      var texts = section.prose.isEmpty ? [] : [section.prose]
      if !section.cell.code.isEmpty { texts.append(Self.fenced(section.cell.code, "swift")) }
      texts += section.outputs.map { Self.markdown($0) }
      blocks += texts.map { (section.cell.number, $0) }
    }
    let foot = (cell: document.sections.count, text: "---\n\n" + Self.foot(document))
    guard document.header.quick else { return blocks + [foot] }
    let mark = "> " + Self.watermark
    if let first = blocks.first, first.text.hasPrefix("# ") {
      let lines = first.text.split(
        separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      blocks[0].text = ([lines[0], "\n\(mark)\n"] + lines.dropFirst()).joined(separator: "\n")
    } else {
      blocks.insert((1, mark), at: 0)
    }
    return blocks + [(document.sections.count, mark), foot]
  }

  /// What a document came from: nothing that depends on time or place.
  package static func foot(_ document: Document) -> String {
    let header = document.header
    var parts = ["Seed \(header.seed)"]
    if !document.data.isEmpty {
      parts.append("data: " + document.data.map(\.name).joined(separator: ", "))
    }
    if let program = header.program {
      parts.append("written by `swift run \(program)\(header.quick ? " --quick" : "")`")
    }
    return parts.joined(separator: " · ")
  }

  package static func markdown(_ output: Document.Output) -> String {
    switch output {
    case .text(let text): return fenced(text, "text")
    case .cut(let head, let tail, let omitted, let file):
      return [
        fenced(head, "text"), "*… \(omitted): [the whole output](\(file)) …*", fenced(tail, "text"),
      ].joined(separator: "\n\n")
    case .table(let headers, let rows): return table(headers, rows)
    case .figure(let picture, let number):
      if let problem = picture.problem { return "> **Figure \(number) is missing:** \(problem)" }
      let alt = picture.alt.filter { !$0.isNewline }.replacingOccurrences(of: "]", with: "\\]")
        .replacingOccurrences(of: "[", with: "\\[")
      return "![\(alt)](\(picture.path))\n\n*Figure \(number). \(picture.caption ?? picture.alt)*"
    case .note(let text): return quoted(text)
    case .failure(let text): return fenced(text, "text")
    }
  }

  static func quoted(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? ">" : "> \($0)" }.joined(separator: "\n")
  }

  static func table(_ headers: [String], _ rows: [[String]]) -> String {
    let numeric = numericColumns(headers, rows)
    func line(_ row: [String]) -> String {
      let cells = headers.indices.map { column in
        (column < row.count ? row[column] : "").replacingOccurrences(of: "|", with: "\\|")
          .replacingOccurrences(of: "\n", with: " ")
      }
      return "| " + cells.joined(separator: " | ") + " |"
    }
    let rule = "|" + numeric.map { $0 ? " ---: |" : " --- |" }.joined()
    return ([line(headers), rule] + rows.map(line)).joined(separator: "\n")
  }

  /// A fence longer than any the text holds.
  static func fenced(_ text: String, _ language: String) -> String {
    var fence = "```"
    while text.contains(fence) { fence += "`" }
    return "\(fence)\(language)\n\(text)\n\(fence)"
  }
}
