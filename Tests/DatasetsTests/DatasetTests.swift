import Foundation
import NeuronikaDatasets
import NeuronikaTensors
import Testing

@Suite struct DatasetTests {
  static func numbered(_ count: Int) -> LabeledDataset {
    LabeledDataset(
      records: Tensor.range(0, Double(2 * count)).reshaped(to: [count, 2]),
      labels: Tensor.range(0, Double(count)))
  }

  @Test("Batches cover all rows in order, the last may be short")
  func batches() {
    let data = Self.numbered(7)
    let batches = Array(data.batches(of: 3))
    #expect(data.batches(of: 3).count == 3)
    #expect(batches.map(\.records.shape) == [[3, 2], [3, 2], [1, 2]])
    #expect(batches.flatMap { $0.labels.elements } == data.labels.elements)
    #expect(batches.flatMap { $0.records.elements } == data.records.elements)
    for (x, y) in data.batches(of: 7) { #expect(x == data.records && y == data.labels) }
    let plain = Dataset(records: data.records)
    #expect(plain.batches(of: 2).map(\.shape) == [[2, 2], [2, 2], [2, 2], [1, 2]])
    #expect(Array(plain.batches(of: Int.max)) == [data.records])
  }

  @Test(
    "dropLast leaves a short batch out, even if it is the only one",
    arguments: [(7, 3, 2), (6, 3, 2), (2, 3, 0), (0, 3, 0), (3, 3, 1)] as [(Int, Int, Int)])
  func dropLast(_ count: Int, _ size: Int, _ expected: Int) {
    let batches = Self.numbered(count).batches(of: size, dropLast: true)
    #expect(batches.count == expected)
    #expect(Array(batches).count == expected)
    #expect(Array(batches).allSatisfy { $0.records.shape[0] == size })
  }

  @Test("A batch of no rows stops the program with a sentence")
  func emptyBatch() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = DatasetTests.numbered(3).batches(of: 0)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("batches: a batch has at least 1 row, not 0"))
  }

  @Test(
    "Folds are balanced, and each row is tested once",
    arguments: [(10, 4), (5, 4), (10, 10), (9, 2), (100, 7)] as [(Int, Int)])
  func folds(_ count: Int, _ folds: Int) throws {
    let pairs = try Self.numbered(count).kFold(folds)
    #expect(pairs.count == folds)
    let sizes = pairs.map(\.test.count)
    #expect(sizes.max()! - sizes.min()! <= 1)
    #expect(pairs.flatMap { $0.test.labels.elements } == (0..<count).map(Float.init))
    for (train, test) in pairs {
      let all = (train.labels.elements + test.labels.elements).sorted()
      #expect(all == (0..<count).map(Float.init))
      #expect(train.records[.all, 0].elements == train.labels.elements.map { 2 * $0 })
    }
  }

  @Test("Too few and too many folds are errors", arguments: [-1, 0, 1, 6])
  func badFolds(_ folds: Int) {
    let error = #expect(throws: DatasetError.self) { try Self.numbered(5).kFold(folds) }
    #expect(
      error?.description
        == "kFold: \(folds) folds of 5 rows; take from 2 to as many folds as there are rows")
  }

  @Test("Splits take successive rows")
  func split() throws {
    let parts = try Self.numbered(10).split([7, 0, 3])
    #expect(parts.map(\.count) == [7, 0, 3])
    #expect(parts[2].labels == [7, 8, 9])
    #expect(parts[1].records.shape == [0, 2])
  }

  @Test(
    "Splits by fractions lose no row",
    arguments: [
      (10, [0.8, 0.2], [8, 2]), (7, [0.5, 0.5], [4, 3]), (3, [0.1, 0.1, 0.8], [0, 1, 2]),
      (10, [0.3333333, 0.3333333, 0.3333334], [3, 4, 3]), (0, [0.5, 0.5], [0, 0]),
    ] as [(Int, [Double], [Int])])
  func fractions(_ count: Int, _ fractions: [Double], _ lengths: [Int]) throws {
    let parts = try Self.numbered(count).split(fractions: fractions)
    #expect(parts.map(\.count) == lengths)
    #expect(parts.flatMap { $0.labels.elements } == (0..<count).map(Float.init))
  }

  @Test("Splits that don't add up are errors")
  func badSplits() {
    func message(_ body: () throws -> Void) -> String? {
      #expect(throws: DatasetError.self) { try body() }?.description
    }
    let data = Self.numbered(10)
    #expect(
      message { _ = try data.split([5, 4]) }
        == "split: lengths [5, 4] have to be at least 0 and add up to 10, the number of rows; "
        + "they add up to 9")
    #expect(
      message { _ = try data.split([11, -1]) }
        == "split: lengths [11, -1] have to be at least 0 and add up to 10, the number of rows; "
        + "they add up to 10")
    #expect(
      message { _ = try data.split(fractions: [0.5, 0.25]) }
        == "split: fractions [0.5, 0.25] have to be at least 0 and add up to 1; they add up to 0.75"
    )
  }

  @Test("Shuffling keeps records and labels together and depends on the seed alone")
  func shuffling() {
    let data = Self.numbered(1000)
    let shuffled = data.shuffled(seed: 3)
    #expect(shuffled == data.shuffled(seed: 3))
    #expect(shuffled != data.shuffled(seed: 4))
    #expect(shuffled.labels.elements.sorted() == data.labels.elements)
    #expect(shuffled.labels != data.labels)
    #expect(shuffled.records[.all, 0].elements == shuffled.labels.elements.map { 2 * $0 })
    #expect(withSeed(1) { data.shuffled() } == withSeed(1) { data.shuffled() })
  }

  @Test("Shuffling leaves a row in its place about once on average, unlike Sattolo's algorithm")
  func fixedPoints() {
    let data = Self.numbered(20)
    let fixed = (0..<2000).reduce(0) { sum, seed in
      let labels = data.shuffled(seed: UInt64(seed)).labels.elements
      return sum + labels.indices.count { labels[$0] == Float($0) }
    }
    #expect(abs(Double(fixed) / 2000 - 1) < 5 / 2000.0.squareRoot())
  }

  @Test("Rows of any rank are gathered in any order, with repetitions")
  func gathering() {
    let data = Dataset(records: Tensor.range(0, 24).reshaped(to: [4, 2, 3]))
    #expect(data.rows(at: [3, 0, 3]).records[0..<1] == data.records[3..<4])
    #expect(data.rows(at: [3, 0, 3]).records.shape == [3, 2, 3])
    #expect(data.rows(at: []).isEmpty)
  }

  static let flowers = "species,length,width\nsetosa,1,2\nvirginica,3,4\nsetosa,5,6\n"

  @Test("Labels come from columns, in the order of the file")
  func labels() throws {
    let table = try Table(csvText: "a,b,c,d\n1,2,3,4\n5,6,7,8\n")
    let data = try LabeledDataset(table, labels: ["d", "b"])
    #expect(data.records == [[1, 3], [5, 7]])
    #expect(data.labels == [[2, 4], [6, 8]])
    let shaped = try LabeledDataset(table, labels: [4], recordShape: [3, 1], labelShape: [])
    #expect(shaped.records.shape == [2, 3, 1])
    #expect(shaped.labels == [4, 8])
    #expect(try Dataset(table, columns: ["c", "a"]).records == [[3, 1], [7, 5]])
    #expect(try Dataset(table, recordShape: [2, 2]).records.shape == [2, 2, 2])
  }

  @Test("Labels that can't be had are errors")
  func badLabels() throws {
    let table = try Table(csvText: "a,b,c,d\n1,2,3,4\n", source: "t.csv")
    func message(_ body: () throws -> Void) -> String? {
      #expect(throws: DatasetError.self) { try body() }?.description
    }
    #expect(
      message { _ = try LabeledDataset(table, labels: []) }
        == "labels: no column was named; name at least one")
    #expect(
      message { _ = try LabeledDataset(table, labels: ["b", 2]) }
        == "labels: column \"b\" was named twice")
    #expect(
      message { _ = try LabeledDataset(table, labels: ["e"]) }
        == "t.csv: there is no column \"e\"; "
        + "the columns are \"a\", \"b\", \"c\", \"d\"")
    #expect(
      message { _ = try LabeledDataset(table, labels: ["d"], recordShape: [2, 2]) }
        == "a record of shape [2, 2] needs 4 values, but there are 3")
  }

  @Test("A closure makes labels of text")
  func textLabels() throws {
    let table = try Table(csvText: Self.flowers, CSVFormat(text: ["species"]))
    let data = try LabeledDataset(table, label: "species") { $0 == "setosa" ? 0 : 1 }
    #expect(data.records == [[1, 2], [3, 4], [5, 6]])
    #expect(data.labels == [[0], [1], [0]])
  }

  @Test("Closures make rows of files")
  func rowClosures() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "rows-\(UUID()).csv").path
    try Self.flowers.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let data = try LabeledDataset(csv: path, labels: ["species"], recordShape: [1], labelShape: [])
    {
      ([Float($0[0])! * Float($0[1])!], [$1[0] == "setosa" ? 0 : 1])
    }
    #expect(data.records == [[2], [12], [30]])
    #expect(data.labels == [0, 1, 0])
    let records = try Dataset(csv: path, CSVFormat(ignoring: ["width"]), recordShape: [2]) {
      [Float($0[0].count), Float($0[1])!]
    }
    #expect(records.records == [[6, 1], [9, 3], [6, 5]])
    let inMemory = try LabeledDataset(
      csvText: Self.flowers, labels: [1], recordShape: [2], labelShape: [1]
    ) { record, label in (record.map { Float($0)! }, [Float(label[0].count)]) }
    #expect(inMemory.records == [[1, 2], [3, 4], [5, 6]])
    #expect(inMemory.labels == [[6], [9], [6]])
    let one = try Dataset(
      csvText: "1;2\n", CSVFormat(delimiter: .semicolon, hasHeader: false),
      recordShape: []
    ) { [Float($0[0] + $0[1])!] }
    #expect(one.records == [12])
    let error = #expect(throws: DatasetError.self) {
      try Dataset(csv: path, recordShape: [2]) { $0[0] == "setosa" ? [1, 2] : [1] }
    }
    #expect(error?.description == "row 2: a record of shape [2] needs 2 values, but there are 1")
  }

  @Test("A standardizer gives mean 0 and deviation 1, and goes back")
  func standardizer() throws {
    let data: Tensor = [[1, 10, 5], [2, 20, 5], [3, 60, 5]]
    let standardizer = Standardizer(fitting: data)
    #expect(standardizer.mean == [2, 30, 5])
    #expect(standardizer.scale[0] == Float((2.0 / 3).squareRoot()))
    #expect(standardizer.scale[2] == 1, "a constant column is only shifted")
    let z = standardizer.transform(data)
    #expect(z[.all, 2] == [0, 0, 0])
    #expect(abs(z[.all, 0].elements.reduce(0, +)) < 1e-6)
    #expect(abs(z[.all, 1].elements.reduce(0) { $0 + $1 * $1 } - 3) < 1e-5)
    let back = standardizer.inverse(z)
    for (a, b) in zip(back.elements, data.elements) { #expect(abs(a - b) < 1e-5) }
    #expect(try Standardizer(state: standardizer.state) == standardizer)
    #expect(Standardizer(fitting: [1, 3]).transform([5, 1]) == [3, -1])
  }

  @Test(
    "A constant that is no whole number stays constant",
    arguments: [0.1, 1e30, -1e-30, 0] as [Float])
  func constants(_ value: Float) {
    let data = Tensor(repeating: value, shape: [1000, 1])
    let standardizer = Standardizer(fitting: data)
    #expect(standardizer.scale == [1])
    #expect(standardizer.transform(data) == .zeros([1000, 1]))
    #expect(standardizer.inverse(.zeros([1000, 1])) == data)
  }

  /// The numbers are those of pandas' `describe()`, that is of NumPy's `quantile` and
  /// `std(ddof=1)`.
  @Test("Summaries hold counts, moments and quartiles")
  func describe() throws {
    let table = try Table(csvText: "a,b\n1,1000000\n2,0\n4,0\n8,0\n")
    let summaries = table.describe()
    let a = summaries[0]
    #expect(a.name == "a" && a.count == 4 && a.mean == 3.75)
    #expect(abs(a.standardDeviation - 3.095695936834452) < 1e-12)
    #expect(
      [a.minimum, a.lowerQuartile, a.median, a.upperQuartile, a.maximum] == [1, 1.75, 3, 5, 8])
    #expect(a.cells == ["a", "4", "3.75", "3.096", "1", "1.75", "3", "5", "8"])
    #expect(summaries[1].cells == ["b", "4", "250000", "500000", "0", "0", "0", "250000", "1.0e6"])
    #expect(ColumnSummary.headers.count == a.cells.count)
  }
}
