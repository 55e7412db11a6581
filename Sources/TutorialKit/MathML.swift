import Foundation

/// TeX to MathML, by the program `blahtexml`.
package final class MathML {
  private var known: [Formulas.Formula: String] = [:]
  private lazy var isInstalled = output(of: "blahtexml", input: "x") != nil
  /// One warning that the program is missing, and one for each formula it can't read.
  package private(set) var warnings: [String] = []

  package init() {}

  package func html(_ formula: Formulas.Formula) -> String {
    if let html = known[formula] { return html }
    let html = mathML(formula) ?? Self.asTeX(formula)
    known[formula] = html
    return html
  }

  private func mathML(_ formula: Formulas.Formula) -> String? {
    guard isInstalled else {
      if warnings.isEmpty {
        warnings.append("formulas stand as TeX: install blahtexml (apt-get install blahtexml)")
      }
      return nil
    }
    let command =
      "blahtexml --mathml --spacing strict" + (formula.isDisplay ? " --displaymath" : "")
    guard let xml = output(of: command, input: formula.tex),
      let start = xml.range(of: "<markup>"), let end = xml.range(of: "</markup>")
    else {
      warnings.append("blahtexml can't read $\(formula.tex)$: it stands as TeX")
      return nil
    }
    let markup = Self.core(
      xml[start.upperBound..<end.lowerBound].trimmingCharacters(in: .newlines))
    let kind = formula.isDisplay ? "block" : "inline"
    let annotation =
      "<annotation encoding=\"application/x-tex\">\(escaped(formula.tex))</annotation>"
    let math =
      "<math xmlns=\"http://www.w3.org/1998/Math/MathML\" display=\"\(kind)\"><semantics>"
      + "<mrow>\(markup)</mrow>\(annotation)</semantics></math>"
    return formula.isDisplay ? "<div class=\"formula\">\(math)</div>" : math
  }

  private static func asTeX(_ formula: Formulas.Formula) -> String {
    let tex = "<code class=\"tex\">\(escaped(formula.tex))</code>"
    return formula.isDisplay ? "<div class=\"formula\">\(tex)</div>" : tex
  }

  /// What browsers draw is MathML Core: it knows no `mathvariant`, so letters are exchanged for
  /// those of the wanted alphabet; a hyphen is no minus; norm bars are not relations.
  package static func core(_ markup: String) -> String {
    var markup = markup
    for dash in [">-</mo>", ">&#x2d;</mo>"] {
      markup = markup.replacingOccurrences(of: dash, with: ">&#x2212;</mo>")
    }
    markup = markup.replacingOccurrences(
      of: "<mo[^>]*>&#x2225;</mo>",
      with: "<mo lspace=\"0\" rspace=\"0\" stretchy=\"false\">&#x2016;</mo>",
      options: .regularExpression)
    markup = markup.replacingOccurrences(
      of: "<mo accent=\"true\">&#x302;", with: "<mo accent=\"true\" stretchy=\"false\">^")
    let styled = /<(mi|mn|mo) mathvariant="([a-z-]+)">([^<]*)<\/(mi|mn|mo)>/
    return markup.replacing(styled) { match -> String in
      let (_, tag, variant, text, _) = match.output
      guard let plain = scalars(text), variant != "normal" else { return String(match.output.0) }
      let letters = plain.map { String(MathAlphabet.letter($0, String(variant))) }.joined()
      return "<\(tag)>\(letters)</\(tag)>"
    }
  }

  private static func scalars(_ text: Substring) -> [Unicode.Scalar]? {
    guard text.hasPrefix("&#x") else {
      return text.contains("&") ? nil : Array(text.unicodeScalars)
    }
    return UInt32(text.dropFirst(3).dropLast(), radix: 16).flatMap(Unicode.Scalar.init).map { [$0] }
  }
}

/// The Mathematical Alphanumeric Symbols of Unicode.
private enum MathAlphabet {
  private static let starts: [String: (capital: UInt32, small: UInt32, digit: UInt32?)] = [
    "bold": (0x1D400, 0x1D41A, 0x1D7CE), "italic": (0x1D434, 0x1D44E, nil),
    "bold-italic": (0x1D468, 0x1D482, 0x1D7CE), "script": (0x1D49C, 0x1D4B6, nil),
    "bold-script": (0x1D4D0, 0x1D4EA, 0x1D7CE), "fraktur": (0x1D504, 0x1D51E, nil),
    "double-struck": (0x1D538, 0x1D552, 0x1D7D8), "sans-serif": (0x1D5A0, 0x1D5BA, 0x1D7E2),
    "monospace": (0x1D670, 0x1D68A, 0x1D7F6),
  ]
  /// Letters that were in Unicode before, elsewhere.
  private static let exceptions: [String: [Unicode.Scalar: Unicode.Scalar]] = [
    "italic": ["h": "ℎ"],
    "script": [
      "B": "ℬ", "E": "ℰ", "F": "ℱ", "H": "ℋ", "I": "ℐ", "L": "ℒ", "M": "ℳ", "R": "ℛ", "e": "ℯ",
      "g": "ℊ", "o": "ℴ",
    ],
    "fraktur": ["C": "ℭ", "H": "ℌ", "I": "ℑ", "R": "ℜ", "Z": "ℨ"],
    "double-struck": ["C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"],
  ]
  private static let greek: [String: (capital: UInt32, small: UInt32)] = [
    "bold": (0x1D6A8, 0x1D6C2), "italic": (0x1D6E2, 0x1D6FC), "bold-italic": (0x1D71C, 0x1D736),
  ]

  static func letter(_ plain: Unicode.Scalar, _ variant: String) -> Unicode.Scalar {
    if let exception = exceptions[variant]?[plain] { return exception }
    guard let start = starts[variant] else { return plain }
    let code: UInt32?
    switch plain {
    case "A"..."Z": code = start.capital + plain.value - 0x41
    case "a"..."z": code = start.small + plain.value - 0x61
    case "0"..."9": code = start.digit.map { $0 + plain.value - 0x30 }
    case "Α"..."Ω": code = greek[variant].map { $0.capital + plain.value - 0x391 }
    case "α"..."ω": code = greek[variant].map { $0.small + plain.value - 0x3B1 }
    default: code = nil
    }
    return code.flatMap(Unicode.Scalar.init) ?? plain
  }
}
