import Foundation
import NeuronikaDatasets
import NeuronikaTensors
import Testing

@Suite struct CSVTests {
  static let headless = CSVFormat(hasHeader: false)

  struct Good: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    var format = CSVFormat()
    let names: [String]
    let numbers: Tensor
    var testDescription: String { name }
  }

  static let good: [Good] = [
    Good(
      name: "a plain table", text: "a,b\n1,2\n3,4\n", names: ["a", "b"],
      numbers: [[1, 2], [3, 4]]),
    Good(name: "no line end at the end", text: "a,b\n1,2", names: ["a", "b"], numbers: [[1, 2]]),
    Good(
      name: "CRLF line ends", text: "a,b\r\n1,2\r\n3,4\r\n", names: ["a", "b"],
      numbers: [[1, 2], [3, 4]]),
    Good(name: "empty lines at the end", text: "a\n1\n\n\r\n\n", names: ["a"], numbers: [[1]]),
    Good(
      name: "a byte order mark", text: "\u{FEFF}a,b\n1,2\n", names: ["a", "b"], numbers: [[1, 2]]),
    Good(
      name: "quoted names and numbers", text: "\"a, \"\"b\"\"\",c\n\"1\",\" 2 \"\n",
      names: ["a, \"b\"", "c"], numbers: [[1, 2]]),
    Good(
      name: "a name with a line end", text: "\"a\nb\",c\n1,2\n", names: ["a\nb", "c"],
      numbers: [[1, 2]]),
    Good(name: "blanks around", text: " a , b\n 1 ,\t2 \n", names: ["a", "b"], numbers: [[1, 2]]),
    Good(
      name: "no header", text: "1,2\n3,4\n", format: headless, names: ["column 1", "column 2"],
      numbers: [[1, 2], [3, 4]]),
    Good(
      name: "a column without a name", text: ",b\n1,2\n", names: ["column 1", "b"],
      numbers: [[1, 2]]),
    Good(
      name: "semicolons", text: "a;b\n1;2\n", format: CSVFormat(delimiter: .semicolon),
      names: ["a", "b"], numbers: [[1, 2]]),
    Good(
      name: "tabs", text: "1\t2\r\n3\t4\r\n", format: CSVFormat(delimiter: .tab, hasHeader: false),
      names: ["column 1", "column 2"], numbers: [[1, 2], [3, 4]]),
    Good(
      name: "blanks", text: "  1   2\t 3  \r\n4 5 6\n",
      format: CSVFormat(delimiter: .blanks, hasHeader: false),
      names: ["column 1", "column 2", "column 3"], numbers: [[1, 2, 3], [4, 5, 6]]),
    Good(
      name: "a delimiter beyond ASCII", text: "a¦b\n1¦2\n",
      format: CSVFormat(delimiter: .character("¦")), names: ["a", "b"], numbers: [[1, 2]]),
    Good(
      name: "an ignored column, by name", text: "a,b,c\n1,x,3\n4,\"y\n,\",6\n",
      format: CSVFormat(ignoring: ["b"]), names: ["a", "c"], numbers: [[1, 3], [4, 6]]),
    Good(
      name: "an ignored column, by number", text: "a,b,c\n1,x,3\n",
      format: CSVFormat(ignoring: [2]), names: ["a", "c"], numbers: [[1, 3]]),
    Good(
      name: "numbers of every form",
      text: "a\n-1.5\n+2\n.5\n3.\n1e3\n1E-2\n-0\n00012.50\n12345678901234567890\n",
      names: ["a"],
      numbers: [[-1.5], [2], [0.5], [3], [1000], [0.01], [-0.0], [12.5], [1.2345679e19]]),
  ]

  @Test("Tables are read", arguments: good)
  func reads(_ sample: Good) throws {
    let table = try Table(csvText: sample.text, sample.format)
    #expect(table.names == sample.names)
    #expect(try table.matrix() == sample.numbers)
    #expect(table.count == sample.numbers.shape[0])
    #expect(table.droppedRows == 0 && table.filledValues.isEmpty)
  }

  @Test("Text columns keep their text as it stands")
  func texts() throws {
    let table = try Table(
      csvText: "name,x\n\" a \"\"b\"\"\n,c\",1\n  plain ,2\n,3\nNaïve ☃,4\n",
      CSVFormat(text: ["name"]))
    #expect(try table.text("name") == [" a \"b\"\n,c", "  plain ", "", "Naïve ☃"])
    #expect(try table.column("x") == [1, 2, 3, 4])
    #expect(table.numericNames == ["x"])
  }

  @Test("Columns come by name, by number or as a command line says it")
  func columns() throws {
    let table = try Table(csvText: "a,b,1\n1,2,3\n4,5,6\n")
    #expect(try table.column("b") == [2, 5])
    #expect(try table.column(2) == [2, 5])
    #expect(try table.column(.argument("b")) == [2, 5])
    #expect(try table.column(.argument("2")) == [2, 5])
    #expect(try table.column(.argument("1")) == [3, 6], "a name goes before a number")
    #expect(try table.matrix(columns: ["1", "a"]) == [[3, 1], [6, 4]])
    #expect(try table.matrix(except: ["b"]) == [[1, 3], [4, 6]])
    #expect(try table.name(of: 2) == "b")
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    let text: String
    var format = CSVFormat()
    let message: String
    var testDescription: String { message }
  }

  static let mend = "mend it, ignore the column (ignoring:, --ignore) or read it as text (text:)"
  static let fill =
    "fill it in, or choose to drop such rows or to take the column's mean "
    + "(missing: .dropRow or .mean, --missing drop or mean)"

  static let bad: [Bad] = [
    Bad(
      text: "a,b\n1,2\n3\n",
      message: "t.csv, line 3: the row has 1 field, but the header has 2; "
        + "add what is missing, an empty field will do"),
    Bad(
      text: "a,b\n1,2,3,4\n",
      message: "t.csv, line 2: the row has 4 fields, but the header has 2; "
        + "quote fields that contain the delimiter"),
    Bad(
      text: "1,2\n3,4,5\n", format: headless,
      message: "t.csv, line 2: the row has 3 fields, but the first row has 2; "
        + "quote fields that contain the delimiter"),
    Bad(
      text: "a,b\n1,2\n\n3,4\n",
      message: "t.csv, line 3: the line is empty; "
        + "take it out; only after the last row empty lines are allowed"),
    Bad(
      text: "a,b\n1,2\n3,12.O\n",
      message: "t.csv, line 3, column 2 (b): \"12.O\" is not a number; \(mend)"),
    Bad(
      text: "# made by x\n1,2\n",
      message: "t.csv, line 2: the row has 2 fields, but the header has 1; "
        + "quote fields that contain the delimiter"),
    Bad(
      text: "a,b\n\"x\ny\",2\n", format: CSVFormat(text: ["a"], ignoring: ["c"]),
      message: "t.csv: there is no column \"c\"; the columns are \"a\", \"b\""),
    Bad(
      text: "a,b\n\"x\ny\",?\n", format: CSVFormat(text: ["a"]),
      message: "t.csv, line 3, column 2 (b): the number is missing (\"?\"); \(fill)"),
    Bad(text: "a,b\n1,\n", message: "t.csv, line 2, column 2 (b): the number is missing; \(fill)"),
    Bad(
      text: "a,b\n1,\"\"\n",
      message: "t.csv, line 2, column 2 (b): the number is missing; \(fill)"),
    Bad(
      text: "a,b\nNaN,1\n",
      message: "t.csv, line 2, column 1 (a): the number is missing (\"NaN\"); \(fill)"),
    Bad(
      text: "a,b\nNaN,1\n", format: CSVFormat(missingMarkers: []),
      message: "t.csv, line 2, column 1 (a): \"NaN\" is not a finite number; "
        + "mend it, or add it to missingMarkers: to count it as missing"),
    Bad(
      text: "a,b\n1,-inf\n",
      message: "t.csv, line 2, column 2 (b): \"-inf\" is not a finite number; "
        + "mend it, or add it to missingMarkers: to count it as missing"),
    Bad(
      text: "a,b\n1,1e39\n",
      message: "t.csv, line 2, column 2 (b): \"1e39\" is too large for a Float; "
        + "the greatest is 3.4028235e+38; choose another unit"),
    Bad(
      text: "a,b\n1,0x10\n",
      message: "t.csv, line 2, column 2 (b): \"0x10\" is not a number; \(mend)"),
    Bad(
      text: "a,b\n1,1e\n", message: "t.csv, line 2, column 2 (b): \"1e\" is not a number; \(mend)"),
    Bad(text: "a,b\n1,-\n", message: "t.csv, line 2, column 2 (b): \"-\" is not a number; \(mend)"),
    Bad(
      text: "a,b\n1,1_000\n",
      message: "t.csv, line 2, column 2 (b): \"1_000\" is not a number; \(mend)"),
    Bad(
      text: "a;b\n1;2\n",
      message: "t.csv, line 2, column 1 (a;b): \"1;2\" is not a number; there is one column only; "
        + "is the delimiter \";\"? (delimiter:, --delimiter)"),
    Bad(
      text: "a,b\n1,2\n", format: headless,
      message: "t.csv, line 1, column 1: \"a\" is not a number; "
        + "if line 1 is a header, say so (hasHeader: true, without --no-header)"),
    Bad(
      text: "1,2\n3,4\n",
      message:
        "t.csv, line 1: the header holds nothing but numbers; if it is data, say that there is "
        + "no header (hasHeader: false, --no-header); if not, quote the names"),
    Bad(
      text: "", message: "t.csv: the file is empty; give one with a header and at least one row"),
    Bad(
      text: "\u{FEFF}\r\n\n",
      message: "t.csv: the file is empty; give one with a header and at least one row"),
    Bad(
      text: "a,b\n",
      message: "t.csv, line 1: there is a header but no row; "
        + "if line 1 is data, say that there is no header (hasHeader: false, --no-header)"),
    Bad(
      text: "a,b\n1,2\n3,\0\n",
      message: "t.csv, line 3: there is a zero byte, so this is no text; "
        + "give a text file; unpack it first if it is an archive or a spreadsheet"),
    Bad(
      text: "a,b\n1,2\n3,\"4\n5,6\n",
      message: "t.csv, line 3, column 2 (b): the quote that opens here is never closed; "
        + "add the closing quote; a quote inside a quoted field is doubled"),
    Bad(
      text: "a,b\n1,\"2\"3\n",
      message: "t.csv, line 2, column 2 (b): there is text after the closing quote; "
        + "a quote inside a quoted field is doubled"),
    Bad(
      text: "a,b,a\n1,2,3\n",
      message: "t.csv, line 1, column 3 (a): column 1 has the same name; rename one of them"),
    Bad(
      text: "age,height\n1,2\n", format: CSVFormat(ignoring: ["Agee"]),
      message: "t.csv: there is no column \"Agee\"; did you mean \"age\"? "
        + "the columns are \"age\", \"height\""),
    Bad(
      text: "age,height\nold,tall\n", format: CSVFormat(needing: [.argument("weight")]),
      message: "t.csv: there is no column \"weight\"; did you mean \"height\"? "
        + "the columns are \"age\", \"height\""),
    Bad(
      text: "a,b\n1,2\n", format: CSVFormat(text: [3]),
      message: "t.csv: there is no column 3; columns count from 1 to 2"),
    Bad(
      text: "a,b\n1,2\n", format: CSVFormat(text: [0]),
      message: "t.csv: there is no column 0; columns count from 1 to 2"),
    Bad(
      text: "a,b\n1,2\n", format: CSVFormat(delimiter: .character("5")),
      message: "t.csv: the delimiter is part of numbers, quotes or line ends; "
        + "choose another, such as a comma, a semicolon or a tab"),
    Bad(
      text: "a,b\n?,2\n,3\n", format: CSVFormat(missing: .dropRow),
      message: "t.csv: a number is missing in each of the 2 rows, so dropping leaves none; "
        + "ignore the column that lacks them (ignoring:, --ignore)"),
    Bad(
      text: "a,b\n?,2\n,3\n", format: CSVFormat(missing: .mean),
      message: "t.csv, column 1 (a): every number is missing, so there is no mean to take; "
        + "ignore the column (ignoring:, --ignore)"),
    Bad(
      text: "a,b\n1,\(String(repeating: "x", count: 1_000_000))\n",
      message: "t.csv, line 2, column 2 (b): \"\(String(repeating: "x", count: 40))… "
        + "(1000000 characters)\" is not a number; \(mend)"),
    Bad(
      text: "a,b\n1,\"x\n\ty\"\n",
      message: "t.csv, line 2, column 2 (b): \"x\\n\\ty\" is not a number; \(mend)"),
  ]

  @Test("Broken tables say where, what and what to do", arguments: bad)
  func refuses(_ sample: Bad) {
    let error = #expect(throws: CSVError.self) {
      try Table(csvText: sample.text, source: "t.csv", sample.format)
    }
    #expect(error?.description == sample.message)
  }

  @Test("Bytes that are no UTF-8 are refused in names and text, and as numbers")
  func invalidUTF8() {
    func message(_ bytes: [UInt8], _ format: CSVFormat = CSVFormat()) -> String? {
      #expect(throws: CSVError.self) {
        try Table(csvBytes: bytes, source: "t.csv", format)
      }?.description
    }
    #expect(
      message([0x61, 0xFF, 0x0A, 0x31])
        == "t.csv, line 1, column 1: the column's name is not valid UTF-8; save the file as UTF-8")
    #expect(
      message([0x61, 0x0A, 0xE4], CSVFormat(text: [1]))
        == "t.csv, line 2, column 1 (a): the text is not valid UTF-8; save the file as UTF-8")
    #expect(
      message([0x61, 0x0A, 0xE4])
        == "t.csv, line 2, column 1 (a): the field is not valid UTF-8 and no number; "
        + "save the file as UTF-8, and ignore the column or read it as text")
    #expect(
      message([0xFF, 0xFE, 0x61, 0x00])
        == "t.csv, line 1: the text is UTF-16; save it as UTF-8")
  }

  @Test("Rows that lack a number are dropped and counted, their text with them")
  func dropping() throws {
    let table = try Table(
      csvText: "name,x,y\nA,1,2\nB,?,3\nC,4,\nD,5,6\n",
      CSVFormat(missing: .dropRow, text: ["name"]))
    #expect(try table.matrix() == [[1, 2], [5, 6]])
    #expect(try table.text("name") == ["A", "D"])
    #expect(table.droppedRows == 2)
    #expect(table.description == "text: 2 rows, columns name, x, y; 2 rows dropped")
  }

  @Test("Means stand in for missing numbers and are counted")
  func filling() throws {
    let table = try Table(
      csvText: "x,y\n1,2\n?,3\n4,NA\n4,7\n", CSVFormat(missing: .mean))
    #expect(try table.matrix() == [[1, 2], [3, 3], [4, 4], [4, 7]])
    #expect(table.filledValues == ["x": 1, "y": 1])
    #expect(
      table.description
        == "text: 4 rows, columns x, y; 1 values of x filled in; 1 values of y filled in")
  }

  @Test("What an ignored column lacks does not matter")
  func ignoredGaps() throws {
    let table = try Table(csvText: "x,y\n1,?\n2,\n", CSVFormat(ignoring: ["y"]))
    #expect(try table.matrix() == [[1], [2]])
  }

  @Test("A column of the wrong kind is an error")
  func wrongKinds() throws {
    let table = try Table(
      csvText: "a,b,c\nx,1,2\n", source: "t.csv", CSVFormat(text: ["a"], ignoring: ["c"]))
    func message(_ body: () throws -> Void) -> String? {
      #expect(throws: CSVError.self) { try body() }?.description
    }
    #expect(
      message { _ = try table.column("a") }
        == "t.csv, column 1 (a): the column was read as text; take it out of text: to read numbers")
    #expect(
      message { _ = try table.column("c") }
        == "t.csv, column 3 (c): the column was ignored; take it out of ignoring: to read numbers")
    #expect(
      message { _ = try table.text("b") }
        == "t.csv, column 2 (b): the column holds numbers; read it with text: [\"b\"]")
  }

  @Test("Delimiters have names on the command line")
  func delimiters() {
    #expect(Delimiter(argument: "tab") == .tab)
    #expect(Delimiter(argument: "blanks") == .blanks)
    #expect(Delimiter(argument: ";") == .semicolon)
    #expect(Delimiter(argument: "¦") == .character("¦"))
    for bad in ["", "ab", "\"", "\n", "7", "e"] { #expect(Delimiter(argument: bad) == nil) }
  }

  @Test("Numbers are correctly rounded, whatever they look like")
  func rounding() throws {
    var generator = Generator(seed: 1)
    var texts: [String] = []
    for _ in 0..<20_000 {
      let bits = UInt32.random(in: 0..<0x7f80_0000, using: &generator)
      let value = Float(bitPattern: bits)
      let middle = (Double(value) + Double(value.nextUp)) / 2
      // The number, the tie above it, and ties with something small added, which decides.
      texts += ["\(value)", "\(middle)", "\(-Double(value))"]
      let decimal = Double(Int.random(in: 0..<1_000_000_000, using: &generator)) / 1e4
      texts.append("\(decimal)")
      // 17 to 19 digits, some of them next to a tie.
      let places = Int.random(in: 0...19, using: &generator)
      let tie = (UInt64(Int.random(in: 0..<(1 << 24), using: &generator)) << 33 | 1 << 32) + 1
      let digits = "\(Bool.random(using: &generator) ? tie : generator.next() >> 1)"
      texts.append("\(digits)e-\(places)")
    }
    texts += [
      "16777217", "16777217.0000000000001", "16777219", "1.00000005960464477539062500000001",
    ]
    texts += ["1e-45", "7e-46", "1.17549435e-38", "3.4028235e38", "0.000000000000000000000001"]
    texts = texts.filter { Float($0)!.isFinite }
    let table = try Table(csvText: texts.joined(separator: "\n"), Self.headless)
    for (text, value) in zip(texts, try table.column(1).elements) {
      #expect(value.bitPattern == Float(text)!.bitPattern, "\(text)")
    }
  }
}
