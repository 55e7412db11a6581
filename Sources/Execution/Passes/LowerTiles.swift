import NeuronikaGraphs
import NeuronikaTensors

// Tile expressions, taken apart into single instructions.
extension Lowerer {
  /// The value of an expression over operands that have the output's shape.
  mutating func elementwise(_ tile: Tile, _ operands: [Reference], _ shape: Shape) -> Reference {
    contents(of: tile, operands, shape, row: nil)
  }

  /// Row mode: operands are matrices of rows; those with a last extent of 1 give a number a row.
  mutating func rows(
    _ tile: Tile, _ inputs: [Reference], _ shapes: [Shape], to shape: Shape
  ) -> Reference {
    let full = (shapes + [shape]).first { $0.rank > 0 && $0[$0.rank - 1] != 1 } ?? shapes[0]
    let width = full[full.rank - 1]
    let rowCount = full.removing(axis: full.rank - 1).count
    let (matrix, column) = (Shape(rowCount, width), Shape(rowCount, 1))
    let operands = inputs.map { input in
      let shape = input.view.count == matrix.count ? matrix : column
      return input.view.reshaped(to: shape).map { Reference(value: input.value, view: $0) }
        ?? ir.contiguous(input).reshaped(shape)
    }
    return contents(of: tile, operands, matrix, row: column)
  }

  /// The values of an expression.
  ///
  /// - Parameter row: In row mode, the shape of what is one number for each row.
  mutating func contents(
    of tile: Tile, _ operands: [Reference], _ shape: Shape, row: Shape?
  ) -> Reference {
    let width = row == nil ? nil : shape[shape.rank - 1]
    /// Lowers a part and says whether it is one number a row.
    func part(_ tile: Tile) -> Reference {
      switch tile {
      case .operand(let position): return operands[position]
      case .constant(let value): return ir.constant(value)
      case .columnIndex: return ir.add(.columnIndex, shape, width: width)
      case .rowReduction(let reduction, let x):
        let x = whole(part(x))
        return ir.add(
          .rowReduction(reduction, x, width: width!), row!, width: width, isColumn: true)
      case .rowScan(let x):
        return ir.add(.rowScan(whole(part(x)), width: width!), shape, width: width)
      case .rowElement(let x, let position):
        let (x, position) = (whole(part(x)), column(part(position)))
        return ir.add(
          .rowElement(x, at: position, width: width!), row!, width: width, isColumn: true)
      case .rowAdding(let x, let amount, let position):
        let (x, amount, position) = (
          whole(part(x)), column(part(amount)), column(part(position))
        )
        return ir.add(
          .rowAdding(x, amount, at: position, width: width!), shape, width: width)
      case .unary(let function, let x):
        let x = part(x)
        return add(.unary(function, x), [x])
      case .binary(let function, let a, let b):
        let (a, b) = (part(a), part(b))
        if let same = simplified(function, a, b) { return same }
        let target = common([a, b])
        return add(.binary(function, stretched(a, target), stretched(b, target)), [a, b])
      case .select(let a, let b, let c):
        let (a, b, c) = (part(a), part(b), part(c))
        let target = common([a, b, c])
        return add(
          .select(stretched(a, target), stretched(b, target), stretched(c, target)), [a, b, c])
      }
    }
    /// The shape that a part of these operands has: the row's if none is a whole row.
    func common(_ parts: [Reference]) -> Shape {
      guard let row else { return shape }
      return parts.allSatisfy { $0.view.count == 1 || $0.view.shape == row } && row != shape
        ? row : shape
    }
    func stretched(_ reference: Reference, _ target: Shape) -> Reference {
      ir.constantValue(reference) != nil ? reference : broadcast(reference, to: target)
    }
    func whole(_ reference: Reference) -> Reference { broadcast(reference, to: shape) }
    /// Numbers for the rows, one after another in memory, repeated along the rows.
    func column(_ reference: Reference) -> Reference {
      let isDense =
        ir.constantValue(reference) == nil && reference.view.isContiguous
        && reference.view.offset == 0 && reference.view.count == row!.count
        && ir.values[reference.value].shape.count == row!.count
      if isDense { return whole(reference.reshaped(row!)) }
      return whole(
        ir.add(.copy(broadcast(reference, to: row!)), row!, width: width, isColumn: true))
    }
    func add(_ kind: ValueKind, _ parts: [Reference]) -> Reference {
      let target = common(parts)
      return ir.add(kind, target, width: width, isColumn: row != nil && target == row)
    }
    func simplified(_ function: TileBinary, _ a: Reference, _ b: Reference) -> Reference? {
      switch function {
      case .multiply where ir.constantValue(b) == 1: a
      case .multiply where ir.constantValue(a) == 1: b
      case .divide where ir.constantValue(b) == 1: a
      case .add where row == nil: joined(a, b, shape)
      default: nil
      }
    }
    let result = part(tile)
    // A bare operand or constant still has to take the output's shape.
    if result.view.shape == shape || (row != nil && result.view.shape == row) { return result }
    return whole(result)
  }

  /// The sum of two assemblies whose parts don't meet, as one assembly: what the gradients of the
  /// parts of a whole add up to. Each by itself would be a tensor of the whole's size.
  private mutating func joined(_ a: Reference, _ b: Reference, _ shape: Shape) -> Reference? {
    guard let left = assembly(a, shape), let right = assembly(b, shape),
      left.parts.count + right.parts.count <= Lowerer.mostParts
    else { return nil }
    let whole = StridedView(shape)
    let areApart = left.places.allSatisfy { place in
      right.places.allSatisfy { place.isApart(from: $0, within: whole) }
    }
    if !areApart { return nil }
    return ir.add(
      .assembly(left.parts + right.parts, left.places + right.places, background: 0), shape)
  }

  /// Comparing parts is quadratic in their number.
  private static let mostParts = 256

  /// The parts of a value that is an assembly on zeros, computed where the sum is.
  private func assembly(
    _ reference: Reference, _ shape: Shape
  ) -> (parts: [Reference], places: [StridedView])? {
    let value = ir.values[reference.value]
    guard case .assembly(let parts, let places, background: 0) = value.kind,
      value.isBackward == ir.isBackward, value.shape == shape, reference.view.isContiguous,
      reference.view.offset == 0, reference.view.count == shape.count
    else { return nil }
    return (parts, places)
  }
}
