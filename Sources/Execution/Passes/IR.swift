import NeuronikaGraphs
import NeuronikaTensors

// The intermediate form that the passes work on: a list of values, each computed from values before
// it. A view is no value: whoever reads a value says through which view.

/// A value, read through a view.
struct Reference: Hashable {
  var value: Int
  var view: StridedView
}

/// Extents, strides and offset, in floats, of a view of some memory.
struct StridedView: Hashable {
  var extents: [Int]
  var strides: [Int]
  var offset = 0

  init(extents: [Int], strides: [Int], offset: Int = 0) {
    (self.extents, self.strides, self.offset) = (extents, strides, offset)
  }

  /// The whole of a contiguous tensor.
  init(_ shape: Shape) { self.init(extents: shape.extents, strides: shape.strides) }

  var count: Int { extents.reduce(1, *) }
  var shape: Shape { Shape(extents) }

  /// Whether the elements lie one after the other in row-major order.
  var isContiguous: Bool {
    var expected = 1
    for (extent, stride) in zip(extents, strides).reversed() where extent != 1 {
      if stride != expected { return false }
      expected *= extent
    }
    return true
  }

  /// Whether every element is the same one.
  var isSingle: Bool { zip(extents, strides).allSatisfy { $0 == 1 || $1 == 0 } }

  func sliced(starts: [Int], steps: [Int], to shape: Shape) -> StridedView {
    StridedView(
      extents: shape.extents, strides: zip(strides, steps).map { $0 * $1 },
      offset: offset + zip(strides, starts).reduce(0) { $0 + $1.0 * $1.1 })
  }

  /// Neighbouring axes joined where one stride serves both, and axes of extent 1 dropped.
  var collapsed: StridedView {
    var result = StridedView(extents: [], strides: [], offset: offset)
    for (extent, stride) in zip(extents, strides) where extent != 1 {
      if let last = result.strides.last, last == stride * extent {
        result.extents[result.extents.count - 1] *= extent
        result.strides[result.strides.count - 1] = stride
      } else {
        result.extents.append(extent)
        result.strides.append(stride)
      }
    }
    return result
  }

  /// Whether two parts of a whole have no element in common, as far as one axis alone tells.
  func isApart(from other: StridedView, within whole: StridedView) -> Bool {
    if count == 0 || other.count == 0 { return true }
    return zip(box(within: whole), other.box(within: whole)).contains { !$0.overlaps($1) }
  }

  /// The places that a part of a whole, sliced from it, reaches along each axis.
  private func box(within whole: StridedView) -> [ClosedRange<Int>] {
    var rest = offset
    return whole.strides.indices.map { axis in
      let step = whole.strides[axis]
      let first = rest / step
      rest %= step
      let last = first + (extents[axis] - 1) * (strides[axis] / step)
      return min(first, last)...max(first, last)
    }
  }

  func broadcast(to shape: Shape) -> StridedView {
    let added = shape.rank - extents.count
    let strides = (0..<shape.rank).map {
      $0 < added || extents[$0 - added] == 1 ? 0 : self.strides[$0 - added]
    }
    return StridedView(extents: shape.extents, strides: strides, offset: offset)
  }

  func permuted(_ axes: [Int]) -> StridedView {
    StridedView(
      extents: axes.map { extents[$0] }, strides: axes.map { strides[$0] }, offset: offset)
  }

  /// The same elements in the same order under other extents, `nil` if that takes a copy.
  ///
  /// Each run of the new axes has to cover a run of the old ones whose elements are evenly spaced.
  func reshaped(to shape: Shape) -> StridedView? {
    if count == 0 { return StridedView(extents: shape.extents, strides: shape.strides) }
    let old = collapsed
    var strides = [Int](repeating: 0, count: shape.rank)
    var axis = shape.rank - 1
    for (extent, stride) in zip(old.extents, old.strides).reversed() {
      var (remaining, step) = (extent, stride)
      while remaining > 1 {
        guard axis >= 0, remaining % shape[axis] == 0 else { return nil }
        strides[axis] = step
        step *= shape[axis]
        remaining /= shape[axis]
        axis -= 1
      }
    }
    return StridedView(extents: shape.extents, strides: strides, offset: offset)
  }
}

/// How a value comes to be.
enum ValueKind: Hashable {
  /// The memory or number of an input of the plan.
  case input(Int)
  case constant(UInt32)  // the bit pattern of a float
  case unary(TileUnary, Reference)
  case binary(TileBinary, Reference, Reference)
  case select(Reference, Reference, Reference)
  case columnIndex
  /// A copy into row-major order.
  case copy(Reference)
  /// The reduction of each row of `width` of the operand, in row-major order.
  case rowReduction(Reduction, Reference, width: Int)
  /// The sum over rows of `width`, times a constant.
  case columnSum(Reference, scale: Float)
  /// The reduction of everything, times a constant.
  case total(Reduction, Reference, scale: Float)
  /// The sums along each row of `width` up to each place.
  case rowScan(Reference, width: Int)
  /// Each row's element at a position, and rows with a number added there. Positions and numbers are
  /// read as if repeated along the rows.
  case rowElement(Reference, at: Reference, width: Int)
  case rowAdding(Reference, Reference, at: Reference, width: Int)
  case contraction(Product)
  case convolution(ImageProduct)
  case windows(WindowPass)
  /// Values written side by side, over a background.
  case assembly([Reference], [StridedView], background: UInt32)
  /// Slices of `inner` floats chosen from `extent` in each of `outer`, or such slices added up.
  case gather(Reference, at: Reference, Slices)
  case scatter(Reference, at: Reference, Slices)
  /// What a closure makes of tensors; the number is its place among the plan's functions.
  case opaque(Int, [Reference])
  /// Random numbers from the draw that an input of the plan has.
  case random(Int)
}

/// How gathered or scattered slices lie in the larger tensor.
struct Slices: Hashable {
  var outer: Int
  var extent: Int
  var inner: Int
  var count: Int
  /// Whether each element has an index of its own, instead of one index for all slices of a place.
  var haveIndexEach = false
}

/// A product of matrices with what was folded into it.
struct Product: Hashable {
  var contraction: Contraction
  var left: Reference
  var right: Reference
  var bias: Reference?
  var hasRelu = false
}

extension Product {
  /// (AB)ᵀ = BᵀAᵀ.
  var transposed: Product {
    let turned = Contraction(
      batch: contraction.batch, m: contraction.n, n: contraction.m, k: contraction.k,
      transposesLeft: !contraction.transposesRight, transposesRight: !contraction.transposesLeft)
    return Product(contraction: turned, left: right, right: left)
  }
}

struct Value {
  var kind: ValueKind
  var shape: Shape
  /// The length of the rows that the value is computed by, if it takes part in a row program: the
  /// last extent for a whole row, and for one number a row the length of the row it stands for.
  var width: Int?
  /// Whether the value is one number for each row of `width`.
  var isColumn = false
  /// Whether the value is computed by `backward`.
  var isBackward = false

  var references: [Reference] {
    switch kind {
    case .input, .constant, .columnIndex, .random: []
    case .unary(_, let a), .copy(let a), .rowReduction(_, let a, _), .columnSum(let a, _),
      .total(_, let a, _), .rowScan(let a, _):
      [a]
    case .assembly(let parts, _, _), .opaque(_, let parts): parts
    case .gather(let a, let b, _), .scatter(let a, let b, _), .rowElement(let a, let b, _):
      [a, b]
    case .rowAdding(let a, let b, let c, _): [a, b, c]
    case .binary(_, let a, let b): [a, b]
    case .select(let a, let b, let c): [a, b, c]
    case .contraction(let product):
      [product.left, product.right] + (product.bias.map { [$0] } ?? [])
    case .convolution(let product):
      [product.first, product.second] + (product.bias.map { [$0] } ?? [])
    case .windows(let pass): pass.operands
    }
  }

  /// What computes the value, in a word.
  var name: String {
    switch kind {
    case .input: "input"
    case .constant(let bits): "\(Float(bitPattern: bits))"
    case .unary(let function, _): "\(function)"
    case .binary(let function, _, _): "\(function)"
    case .select: "select"
    case .columnIndex: "columnIndex"
    case .copy: "copy"
    case .rowReduction(let reduction, _, _): "row \(reduction)"
    case .columnSum: "column sum"
    case .total(let reduction, _, _): "total \(reduction)"
    case .rowScan: "row scan"
    case .rowElement: "row element"
    case .rowAdding: "row adding"
    case .contraction: "product"
    case .convolution: "convolution"
    case .windows: "windows"
    case .assembly: "assembly"
    case .gather: "gather"
    case .scatter: "scatter"
    case .opaque: "opaque"
    case .random: "random"
    }
  }

  /// Whether the value is one number made of each whole row.
  var reducesRows: Bool {
    switch kind {
    case .rowReduction, .rowElement: true
    default: false
    }
  }

  /// Whether the value is computed by a step of its own.
  var isAlone: Bool {
    switch kind {
    case .contraction, .convolution, .windows, .assembly, .gather, .scatter, .opaque, .random: true
    default: false
    }
  }

  /// Whether the value is computed by a tile program.
  var isTiled: Bool {
    switch kind {
    case .input, .constant: false
    default: !isAlone
    }
  }
}

/// A check of labels. The plan itself may compute them, so it runs after the steps, whose kernels read
/// and write nothing for a number that is no label.
struct LabelCheck {
  var operand: Reference
  var bound: Int
  var operation: String
}

/// The values of a plan.
struct IR {
  private(set) var values: [Value] = []
  private var known: [Key: Int] = [:]
  var labelChecks: [LabelCheck] = []
  /// The closures on tensors, with the names of their operations. No two are taken for the same.
  var functions: [(name: String, function: OpaqueFunction)] = []
  /// Set while the values of the backward part are made.
  var isBackward = false
  /// How often a value was found to exist already.
  private(set) var sharedCount = 0

  private struct Key: Hashable {
    let kind: ValueKind
    let shape: Shape
    let width: Int?
    let isColumn: Bool
  }

  /// Adds a value, or finds the equal one that exists.
  mutating func add(_ kind: ValueKind, _ shape: Shape, width: Int? = nil, isColumn: Bool = false)
    -> Reference
  {
    let key = Key(kind: kind, shape: shape, width: width, isColumn: isColumn)
    if let value = known[key] {
      sharedCount += 1
      return Reference(value: value, view: StridedView(shape))
    }
    values.append(
      Value(kind: kind, shape: shape, width: width, isColumn: isColumn, isBackward: isBackward))
    known[key] = values.count - 1
    return Reference(value: values.count - 1, view: StridedView(shape))
  }

  /// Adds a value even if an equal one exists.
  mutating func addUnshared(_ kind: ValueKind, _ shape: Shape) -> Int {
    values.append(Value(kind: kind, shape: shape, isBackward: isBackward))
    return values.count - 1
  }

  mutating func constant(_ value: Float) -> Reference { add(.constant(value.bitPattern), Shape()) }

  /// Changes how a value comes to be.
  mutating func replace(_ value: Int, with kind: ValueKind) { values[value].kind = kind }

  /// The reference itself if its elements lie in memory, else, for a constant, one to a copy: only
  /// tile programs read numbers that lie nowhere.
  mutating func stored(_ reference: Reference) -> Reference {
    constantValue(reference) == nil ? reference : add(.copy(reference), reference.view.shape)
  }

  /// The reference itself if its elements lie in row-major order, else one to a value whose do: a
  /// copy or, for the transpose of a product, the product of the transposes.
  mutating func contiguous(_ reference: Reference) -> Reference {
    let reference = stored(reference)
    if reference.view.isContiguous { return reference }
    let shape = reference.view.shape
    if case .contraction(let product) = values[reference.value].kind, shape.rank == 2,
      reference.view.permuted([1, 0]) == StridedView(values[reference.value].shape)
    {
      return add(.contraction(product.transposed), shape)
    }
    return add(.copy(reference), shape)
  }

  /// The constant that a value is, if it is one.
  func constantValue(_ reference: Reference) -> Float? {
    if case .constant(let bits) = values[reference.value].kind {
      Float(bitPattern: bits)
    } else {
      nil
    }
  }
}
