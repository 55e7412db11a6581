import Foundation

/// A value in a table: four significant digits for a floating-point number, else as `print` would.
package func tableText(_ value: Any) -> String {
  if let float = value as? Float { return significant(Double(float)) }
  if let double = value as? Double { return significant(double) }
  return String(describing: value)
}

/// A measured value: whole numbers whole, all else with four significant digits.
package func measured(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : significant(value)
}

/// All digits a value has. A NaN has a sign, which says nothing: it is always `nan`.
package func exactly(_ value: Double) -> String { value.isNaN ? "nan" : "\(value)" }

/// Four significant digits, without an exponent where that is easy to read.
package func significant(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return value == 0 ? "0" : exactly(value) }
  let exponent = Int(log10(abs(value)).rounded(.down))
  if exponent < -4 || exponent > 8 { return scientific(value, 3) }
  return fixed(value, max(0, 3 - exponent))
}

package func fixed(_ value: Double, _ digits: Int) -> String {
  value.isFinite ? String(format: "%.\(digits)f", value) : exactly(value)
}

package func scientific(_ value: Double, _ digits: Int) -> String {
  value.isFinite ? String(format: "%.\(digits)e", value) : exactly(value)
}

/// With a comma between thousands.
package func grouped(_ value: Int) -> String {
  let digits = String(value.magnitude)
  var result = ""
  for (index, digit) in digits.enumerated() {
    if index > 0 && (digits.count - index).isMultiple(of: 3) { result += "," }
    result.append(digit)
  }
  return (value < 0 ? "-" : "") + result
}

package func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

package func seconds(_ duration: Duration) -> Double {
  Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
}

/// A duration for people.
package func clock(_ seconds: Double) -> String {
  if seconds < 0.1 { return "\(fixed(seconds * 1000, 1)) ms" }
  if seconds < 60 { return "\(fixed(seconds, 1)) s" }
  return "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
}

/// A field of a CSV row, quoted where it must be.
package func csvField(_ text: String) -> String {
  guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
  return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
}

/// Whether every cell of a column reads as a number, so that it is set flush right.
package func numericColumns(_ headers: [String], _ rows: [[String]]) -> [Bool] {
  headers.indices.map { column in
    !rows.isEmpty
      && rows.allSatisfy { row in
        guard column < row.count else { return true }
        let text = row[column].filter { !"%,  −+-".contains($0) }
        return row[column].isEmpty || Double(text) != nil
      }
  }
}

/// A number with a true minus sign; any other text as it is.
package func withMinus(_ text: String) -> String {
  guard text.contains("-"), Double(text.filter { !"%, \u{A0}\u{2009}".contains($0) }) != nil else {
    return text
  }
  return text.replacingOccurrences(of: "-", with: "−")
}

package func alignedTable(headers: [String], rows: [[String]]) -> String {
  let numeric = numericColumns(headers, rows)
  let all = [headers] + rows
  let widths = headers.indices.map { column in
    all.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
  }
  func line(_ row: [String]) -> String {
    let cells = headers.indices.map { column -> String in
      let text = column < row.count ? row[column] : ""
      let gap = String(repeating: " ", count: widths[column] - text.count)
      return numeric[column] ? gap + text : text + gap
    }
    return trimmedEnd(cells.joined(separator: "  "))
  }
  let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
  return ([line(headers), rule] + rows.map(line)).joined(separator: "\n")
}

func trimmedEnd(_ text: String) -> String {
  var end = text.endIndex
  while end > text.startIndex, text[text.index(before: end)].isWhitespace {
    end = text.index(before: end)
  }
  return String(text[..<end])
}

/// Raw output as a terminal would leave it: without colours, with carriage returns carried out.
package func cleaned(_ text: String) -> String {
  let plain = text.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0A || $0 == 0x09 }
  if plain { return text }
  var scalars = String.UnicodeScalarView()
  var lineStart = scalars.endIndex
  var returned = false
  var iterator = text.unicodeScalars.makeIterator()
  while let scalar = iterator.next() {
    if scalar == "\n" {
      returned = false
      scalars.append(scalar)
      lineStart = scalars.endIndex
    } else if scalar == "\r" {
      returned = true
    } else if scalar == "\u{1B}" {
      guard iterator.next() == "[" else { continue }
      while let next = iterator.next(), !(0x40...0x7E).contains(next.value) {}
    } else {
      if returned { scalars.removeSubrange(lineStart...) }
      returned = false
      let isControl = scalar.value < 0x20 && scalar != "\t"
      scalars.append(isControl ? "\u{FFFD}" : scalar)
    }
  }
  return String(scalars)
}
