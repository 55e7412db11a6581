import NeuronikaGraphs

/// Groups the values that tiles compute into programs, each of which reads and writes memory once.
///
/// Every value gets a level: that of its operands if it can be computed in the same tile, else one
/// more. Values of one level over the same number of elements form a program. Any path that leaves a
/// program and comes back would have to raise the level, so programs never depend on each other in a
/// circle.
struct GroupTiles {
  /// What a program runs over.
  struct Space: Hashable {
    var count: Int
    /// The row length; `nil` if no member cares.
    var width: Int?

    func joined(_ other: Space) -> Space? {
      guard count == other.count else { return nil }
      guard let width, let otherWidth = other.width else {
        return Space(count: count, width: width ?? other.width)
      }
      return width == otherWidth ? self : nil
    }
  }

  /// Where a value is computed.
  struct Place {
    var level: Int
    var space: Space
    var isColumn: Bool
  }

  /// A program: values in order.
  struct Group {
    var space: Space
    var values: [Int]
  }

  /// The most instructions in one program: beyond it, the tiles' registers no longer fit in L1.
  static let longest = 48

  private(set) var places: [Place?] = []
  private(set) var groups: [Group] = []
  private(set) var levels: [Int] = []

  init(_ ir: IR, live: [Bool]) {
    places = [Place?](repeating: nil, count: ir.values.count)
    levels = [Int](repeating: 0, count: ir.values.count)
    let firstBackward = ir.values.firstIndex { $0.isBackward } ?? ir.values.count
    var floor = 0
    for index in ir.values.indices where live[index] {
      let value = ir.values[index]
      if index == firstBackward { floor = (levels.max() ?? 0) + 1 }
      if value.isTiled {
        let place = place(of: value, ir, floor: value.isBackward ? floor : 0, levels)
        places[index] = place
        levels[index] = place.level
      } else if value.isAlone {
        levels[index] =
          1
          + value.references.reduce(value.isBackward ? floor : 0) {
            max($0, levels[$1.value])
          }
      }
    }
    sink(ir, live)
    collect()
  }

  /// Moves values up to the level of their readers where that saves writing and reading them: what
  /// is computed only from memory that is there anyway.
  private mutating func sink(_ ir: IR, _ live: [Bool]) {
    var readers = [[Int]](repeating: [], count: ir.values.count)
    for index in ir.values.indices where live[index] {
      for reference in ir.values[index].references { readers[reference.value].append(index) }
    }
    // Computable at any time: from inputs, from what the forward saves, or from such values.
    var isFree = [Bool](repeating: false, count: ir.values.count)
    for index in ir.values.indices where live[index] && places[index] != nil {
      let value = ir.values[index]
      switch value.kind {
      case .rowReduction, .rowElement, .columnSum, .total: continue
      default: break
      }
      isFree[index] = value.references.allSatisfy {
        switch ir.values[$0.value].kind {
        case .input, .constant: true
        default: isFree[$0.value] || ir.values[$0.value].isBackward != value.isBackward
        }
      }
    }
    for index in ir.values.indices.reversed() where isFree[index] && !readers[index].isEmpty {
      var target = Int.max
      // What only the backward reads stays: levels of the backward are not for the forward's values.
      for reader in readers[index]
      where ir.values[reader].isBackward == ir.values[index].isBackward {
        let joins =
          places[reader].map { there in
            ir.values[reader].references.filter { $0.value == index }.allSatisfy {
              edge($0, to: ir.values[reader], ir).map { joined($0, there) } ?? false
            }
          } ?? false
        target = min(target, joins ? levels[reader] : levels[reader] - 1)
      }
      if target > levels[index] && target < .max {
        places[index]!.level = target
        levels[index] = target
      }
    }
  }

  /// Whether an edge leads to a value computed in the same program.
  private func joined(_ edge: (Space, isColumn: Bool), _ place: Place) -> Bool {
    edge.isColumn == place.isColumn && edge.0.joined(place.space) != nil
      && (edge.0.width == nil || edge.0.width == place.space.width)
  }

  /// How a value could be computed in the same tile as an operand.
  private func edge(_ reference: Reference, to value: Value, _ ir: IR) -> (Space, isColumn: Bool)? {
    let operand = ir.values[reference.value]
    guard operand.isTiled, let place = places[reference.value] else { return nil }
    switch operand.kind {
    case .columnSum, .total: return nil
    default: break
    }
    if value.isBackward != operand.isBackward || place.space.count == 0 { return nil }
    let view = reference.view
    if view.isContiguous && view.offset == 0 && view.count == operand.shape.count {
      if place.isColumn {
        switch value.kind {
        case .rowReduction, .rowElement, .columnSum, .total: return nil
        default: return (place.space, true)
        }
      }
      return (place.space, false)
    }
    // One number a row, read by the whole row.
    if place.isColumn, let width = place.space.width, view.count == place.space.count,
      view.isRowExpansion(rows: operand.shape.count, width: width)
    {
      return (place.space, false)
    }
    return nil
  }

  private func place(of value: Value, _ ir: IR, floor: Int, _ levels: [Int]) -> Place {
    // What the value demands by itself.
    var own: (space: Space, isColumn: Bool)
    var isFree = false
    switch value.kind {
    case .rowReduction(_, let x, let width), .rowElement(let x, _, let width):
      own = (Space(count: x.view.count, width: width), true)
    case .columnSum(let x, _): own = (Space(count: x.view.count, width: value.width), false)
    case .rowScan(let x, let width), .rowAdding(let x, _, _, let width):
      own = (Space(count: x.view.count, width: width), false)
    case .total(_, let x, _): own = (Space(count: x.view.count, width: nil), false)
    default:
      let width = value.width
      own = (
        Space(count: value.isColumn ? value.shape.count * width! : value.shape.count, width: width),
        value.isColumn
      )
      isFree = width == nil
    }
    let reducesRow = value.reducesRows

    func fits(_ edge: (Space, isColumn: Bool)) -> Bool {
      if isFree && edge.isColumn { return true }
      if reducesRow { return !edge.isColumn && own.space.joined(edge.0) != nil }
      return edge.isColumn == own.isColumn && own.space.joined(edge.0) != nil
    }

    var level = floor
    var edges: [(level: Int, edge: (Space, isColumn: Bool))] = []
    for reference in value.references {
      let below = levels[reference.value]
      if let edge = edge(reference, to: value, ir), fits(edge) {
        edges.append((below, edge))
        level = max(level, below)
      } else if case .input = ir.values[reference.value].kind {
      } else if case .constant = ir.values[reference.value].kind {
      } else {
        level = max(level, below + 1)
      }
    }
    // All operands of this level have to agree where they are computed.
    var space: Space? = nil
    var isColumn: Bool? = nil
    for (below, edge) in edges where below == level {
      let start = space ?? (isFree && edge.isColumn ? edge.0 : own.space)
      guard let joined = start.joined(edge.0),
        isColumn == nil || reducesRow || isColumn == edge.isColumn
      else { return Place(level: level + 1, space: own.space, isColumn: own.isColumn) }
      space = joined
      isColumn = edge.isColumn
    }
    return Place(
      level: level, space: space ?? own.space,
      isColumn: reducesRow ? true : (isColumn ?? own.isColumn))
  }

  private mutating func collect() {
    struct Key: Hashable {
      let level: Int
      let count: Int
      let width: Int?
    }
    var members: [Key: [Int]] = [:]
    var widths: [Key: Set<Int>] = [:]
    for (index, place) in places.enumerated() {
      guard let place else { continue }
      let key = Key(level: place.level, count: place.space.count, width: nil)
      if let width = place.space.width { widths[key, default: []].insert(width) }
      members[
        Key(level: place.level, count: place.space.count, width: place.space.width), default: []
      ].append(index)
    }
    for (key, values) in members {
      let base = Key(level: key.level, count: key.count, width: nil)
      let others = widths[base] ?? []
      if key.count == 0 {
        // Nothing to compute; apart, because rows can't be told from the count.
        for value in values {
          groups.append(Group(space: Space(count: 0, width: key.width), values: [value]))
        }
      } else if key.width == nil && others.count == 1 {
        continue  // Joins the one row program of its level.
      } else {
        let alone = key.width != nil && others.count == 1
        let all = alone ? (values + (members[base] ?? [])).sorted() : values
        for start in stride(from: 0, to: all.count, by: GroupTiles.longest) {
          groups.append(
            Group(
              space: Space(count: key.count, width: key.width),
              values: Array(all[start..<min(start + GroupTiles.longest, all.count)])))
        }
      }
    }
    groups.sort { $0.values[0] < $1.values[0] }
  }
}

extension StridedView {
  /// Whether this shows each of `rows` numbers `width` times in a row.
  func isRowExpansion(rows: Int, width: Int) -> Bool {
    if offset != 0 { return false }
    let view = collapsed
    if rows == 1 { return view.strides.allSatisfy { $0 == 0 } }
    if width == 1 { return view.extents == [rows] && view.strides == [1] }
    return view.extents == [rows, width] && view.strides == [1, 0]
  }
}
