import Foundation

/// Markdown as a terminal shows it: without marks, formulas spelled out as well as one line allows.
package func plainText(_ markdown: String) -> String {
  let formulas = Formulas(in: markdown)
  var text = formulas.text
  for (pattern, replacement) in [
    ("!?\\[([^\\]]*)\\]\\([^)]*\\)", "$1"),  // [links](address)
    ("(\\*{1,3})(?=\\S)(.+?)(?<=\\S)\\1", "$2"), ("(`+)(.+?)\\1", "$2"),
  ] {
    text = text.replacingOccurrences(of: pattern, with: replacement, options: .regularExpression)
  }
  for (index, formula) in formulas.found.enumerated() {
    text = text.replacingOccurrences(
      of: "\u{E000}\(index)\u{E001}", with: spelled(formula.tex))
  }
  return text
}

/// `\frac{g}{800}\,e^{-w}` becomes `g/800 e^(-w)`.
private func spelled(_ tex: String) -> String {
  var text = tex
  for (pattern, replacement) in [
    ("\\\\frac\\{([^{}]*)\\}\\{([^{}]*)\\}", "$1/$2"), ("\\\\sqrt\\{([^{}]*)\\}", "√($1)"),
    ("\\^\\{([^{}]{2,})\\}", "^($1)"), ("\\\\(left|right)(?![a-zA-Z])", ""),
    ("\\\\[,;:! ]|~", " "),
  ] {
    text = text.replacingOccurrences(of: pattern, with: replacement, options: .regularExpression)
  }
  text = text.replacing(/\\([a-zA-Z]+)/) { match in
    symbols[String(match.output.1)] ?? " \(match.output.1) "
  }
  return text.filter { !"{}".contains($0) }.split { $0.isWhitespace }.joined(separator: " ")
}

private let symbols = [
  "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η", "theta": "θ",
  "lambda": "λ", "mu": "μ", "nu": "ν", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ",
  "phi": "φ", "varphi": "φ", "omega": "ω", "nabla": "∇", "partial": "∂", "sum": "Σ", "cdot": "·",
  "times": "×", "pm": "±", "le": "≤", "ge": "≥", "ne": "≠", "approx": "≈", "infty": "∞", "top": "T",
]
