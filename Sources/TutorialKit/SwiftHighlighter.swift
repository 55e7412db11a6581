/// Colours Swift as quietly as will do: words of the language, types, numbers, strings, comments.
package enum SwiftHighlighter {
  private static let keywords: Set<String> = [
    "actor", "any", "as", "async", "await", "break", "case", "catch", "class", "continue",
    "default", "defer", "do", "else", "enum", "extension", "fallthrough", "false", "fileprivate",
    "final", "for", "func", "guard", "if", "import", "in", "init", "inout", "internal", "is", "let",
    "mutating", "nil", "open", "package", "private", "protocol", "public", "repeat", "return",
    "self", "Self", "some", "static", "struct", "subscript", "super", "switch", "throw", "throws",
    "true", "try", "typealias", "var", "where", "while",
  ]

  package static func html(_ code: String) -> String {
    var result = ""
    var rest = code[...]
    func span(_ kind: String, _ text: Substring) -> String {
      // A span a line, so that nothing depends on where lines are broken.
      text.split(separator: "\n", omittingEmptySubsequences: false).map {
        $0.isEmpty ? "" : "<span class=\"\(kind)\">\(escaped(String($0)))</span>"
      }.joined(separator: "\n")
    }
    while let first = rest.first {
      let token: Substring
      if rest.hasPrefix("//") {
        token = rest.prefix { !$0.isNewline }
        result += span("c", token)
      } else if rest.hasPrefix("/*") {
        let end = rest.range(of: "*/")?.upperBound ?? rest.endIndex
        token = rest[..<end]
        result += span("c", token)
      } else if first == "\"" {
        token = string(rest)
        result += span("s", token)
      } else if first.isNumber {
        token = number(rest)
        result += span("n", token)
      } else if first.isLetter || first == "_" || first == "@" || first == "#" {
        token = rest.prefix(1) + rest.dropFirst().prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        if keywords.contains(String(token)) || first == "@" || first == "#" {
          result += span("k", token)
        } else if first.isUppercase {
          result += span("t", token)
        } else {
          result += escaped(String(token))
        }
      } else {
        token = rest.prefix(1)
        result += escaped(String(token))
      }
      rest = rest.dropFirst(token.count)
    }
    return result
  }

  private static func number(_ text: Substring) -> Substring {
    var token = text.prefix { $0.isNumber || $0.isLetter || $0 == "_" }
    let after = text.dropFirst(token.count)
    if after.first == ".", after.dropFirst().first?.isNumber == true {
      token = text.prefix(
        token.count + 1
          + after.dropFirst().prefix { $0.isNumber || $0.isLetter || $0 == "_" }.count)
    }
    if token.last == "e", text.dropFirst(token.count).first == "-" {
      let digits = text.dropFirst(token.count + 1).prefix { $0.isNumber }
      token = text.prefix(token.count + 1 + digits.count)
    }
    return token
  }

  private static func string(_ text: Substring) -> Substring {
    let mark = text.hasPrefix("\"\"\"") ? "\"\"\"" : "\""
    var at = text.index(text.startIndex, offsetBy: mark.count)
    var depth = 0
    while at < text.endIndex {
      let rest = text[at...]
      if rest.hasPrefix("\\(") {
        depth += 1
        at = text.index(at, offsetBy: 2)
      } else if rest.first == "\\" {
        at = text.index(at, offsetBy: 2, limitedBy: text.endIndex) ?? text.endIndex
      } else if depth == 0 && rest.hasPrefix(mark) {
        return text[..<text.index(at, offsetBy: mark.count)]
      } else if mark == "\"" && rest.first?.isNewline == true {
        return text[..<at]
      } else {
        if depth > 0 && rest.first == "(" { depth += 1 }
        if depth > 0 && rest.first == ")" { depth -= 1 }
        at = text.index(after: at)
      }
    }
    return text
  }
}
