import Foundation

/// Formulas, taken out of Markdown before the library sees it and put back as MathML after.
package struct Formulas {
  package struct Formula: Hashable {
    package var tex: String
    package var isDisplay: Bool
  }

  /// The text with a private-use token for each formula.
  package private(set) var text = ""
  package private(set) var found: [Formula] = []

  package init(in markdown: String) {
    var fence: Substring?
    var paragraph = ""
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      let bare = line.drop { $0 == " " }
      let ticks = bare.prefix { $0 == "`" }
      if let open = fence {
        if bare.hasPrefix(open) { fence = nil }
        text += line + "\n"
      } else if ticks.count >= 3 {
        takeInline(paragraph)
        paragraph = ""
        fence = ticks
        text += line + "\n"
      } else {
        paragraph += line + "\n"
      }
    }
    takeInline(paragraph)
    text.removeLast()
  }

  /// Finds `$$…$$`, and `$…$` without blanks just inside and without a digit after (so that
  /// prices stay prices); leaves code spans and `\$` alone.
  private mutating func takeInline(_ paragraph: String) {
    var rest = paragraph[...]
    while let character = rest.first {
      switch character {
      case "\\":
        text += rest.prefix(2)
        rest = rest.dropFirst(2)
      case "`":
        let ticks = rest.prefix { $0 == "`" }
        let after = rest.dropFirst(ticks.count)
        let end = after.range(of: ticks)?.upperBound ?? after.startIndex
        text += rest[..<end]
        rest = rest[end...]
      case "$":
        let mark = rest.hasPrefix("$$") ? "$$" : "$"
        let inside = rest.dropFirst(mark.count)
        if let tex = Self.formula(in: inside, mark: mark) {
          text += "\u{E000}\(found.count)\u{E001}"
          found.append(
            Formula(
              tex: tex.trimmingCharacters(in: .whitespacesAndNewlines), isDisplay: mark == "$$"))
          rest = inside.dropFirst(tex.count + mark.count)
        } else {
          text += mark
          rest = inside
        }
      default:
        let plain = rest.prefix { $0 != "\\" && $0 != "`" && $0 != "$" }
        text += plain
        rest = rest.dropFirst(plain.count)
      }
    }
  }

  private static func formula(in text: Substring, mark: String) -> Substring? {
    var from = text.startIndex
    while let end = text[from...].range(of: mark) {
      let tex = text[..<end.lowerBound]
      if tex.contains("\n\n") || tex.contains("`") || tex.isEmpty { return nil }
      if mark == "$$" { return tex }
      let closes =
        tex.last?.isWhitespace == false && tex.last != "\\"
        && text[end.upperBound...].first?.isNumber != true
      if tex.first?.isWhitespace == true { return nil }
      if closes { return tex }
      if tex.last != "\\" { return nil }
      from = end.upperBound
    }
    return nil
  }

  /// Puts each formula in the place of its token.
  package func restored(in html: String, by render: (Formula) -> String) -> String {
    var html = html
    for (index, formula) in found.enumerated() {
      let token = "\u{E000}\(index)\u{E001}"
      let rendered = render(formula)
      if formula.isDisplay {
        html = html.replacingOccurrences(of: "<p>\(token)</p>", with: rendered)
      } else {
        // A comma must not begin a line.
        for mark in [",", ".", ";", ":", ")", ").", "),"] {
          html = html.replacingOccurrences(
            of: token + mark, with: "<span class=\"kept\">\(rendered)\(mark)</span>")
        }
      }
      html = html.replacingOccurrences(of: token, with: rendered)
    }
    return html
  }
}

package func escaped(_ text: String) -> String {
  var result = ""
  for character in text {
    switch character {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    default: result.append(character)
    }
  }
  return result
}
