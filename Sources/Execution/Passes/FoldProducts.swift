import NeuronikaGraphs

/// Folds bias and relu into the products and convolutions they follow, and the gradient of relu into
/// that of a max pooling.
///
/// A sum is folded if the product has no other reader; a relu if the sum has none. Both give the
/// bits that tile programs would give, so whether a variable between them is held changes nothing
/// but this choice.
struct FoldProducts {
  private(set) var biasCount = 0
  private(set) var reluCount = 0

  /// - Parameter outputs: Values that have to exist on their own.
  mutating func run(on ir: inout IR, outputs: Set<Int>) {
    var readers = [Int](repeating: 0, count: ir.values.count)
    for value in ir.values { for reference in value.references { readers[reference.value] += 1 } }
    /// Whether nobody else reads the value, and this reader reads all of it in its own order.
    func isPrivate(_ reference: Reference, to reader: Value) -> Bool {
      readers[reference.value] == 1 && !outputs.contains(reference.value)
        && reference.view.isContiguous && reference.view.count == reader.shape.count
        && ir.values[reference.value].shape.count == reader.shape.count
    }

    for index in ir.values.indices {
      let value = ir.values[index]
      switch value.kind {
      case .binary(.add, let a, let b):
        for (sum, bias) in [(a, b), (b, a)] {
          guard isPrivate(sum, to: value),
            let folded = ir.values[sum.value].kind.adding(bias, in: ir)
          else { continue }
          ir.replace(index, with: folded)
          readers[sum.value] = 0
          biasCount += 1
          break
        }
      case .unary(.relu, let x):
        guard isPrivate(x, to: value), let folded = ir.values[x.value].kind.rectified
        else { continue }
        ir.replace(index, with: folded)
        readers[x.value] = 0
        reluCount += 1
      case .select(let condition, let share, let rest):
        guard isPrivate(share, to: value), ir.constantValue(rest) == 0,
          case .windows(var pass) = ir.values[share.value].kind, pass.work == .maxPool(.route),
          case .binary(.less, let zero, let x) = ir.values[condition.value].kind,
          ir.constantValue(zero) == 0, x.value == pass.operands[0].value,
          x.view.isContiguous, x.view.offset == pass.operands[0].view.offset
        else { continue }
        pass.isRectified = true
        ir.replace(index, with: .windows(pass))
        readers[share.value] = 0
        reluCount += 1
      default: break
      }
    }
  }
}

extension ValueKind {
  /// The product with a bias, if it can take one: a number for each column.
  fileprivate func adding(_ bias: Reference, in ir: IR) -> ValueKind? {
    if case .constant = ir.values[bias.value].kind { return nil }
    func vector(rows: Int, columns: Int) -> Reference? {
      let view = bias.view.collapsed
      guard view.strides == [0, 1], view.extents == [rows, columns] else { return nil }
      return Reference(
        value: bias.value,
        view: StridedView(extents: [columns], strides: [1], offset: bias.view.offset))
    }
    switch self {
    case .contraction(var product)
    where product.bias == nil && !product.hasRelu && product.usesPrimitive
      && product.contraction.batch == 1:
      product.bias = vector(rows: product.contraction.m, columns: product.contraction.n)
      return product.bias == nil ? nil : .contraction(product)
    case .convolution(var product)
    where product.bias == nil && !product.hasRelu && product.role == .output:
      let channels = product.output[1]
      product.bias = vector(rows: product.output.count / max(channels, 1), columns: channels)
      return product.bias == nil ? nil : .convolution(product)
    default: return nil
    }
  }

  /// The product rectified, if that can be folded in.
  fileprivate var rectified: ValueKind? {
    switch self {
    case .contraction(var product) where !product.hasRelu && product.usesPrimitive:
      product.hasRelu = true
      return .contraction(product)
    case .convolution(var product) where !product.hasRelu && product.role == .output:
      product.hasRelu = true
      return .convolution(product)
    default: return nil
    }
  }
}

extension Product {
  /// Whether the product is large enough for a oneDNN primitive, whose fixed cost is 2.5 µs where
  /// `dnnl_sgemm`'s is 0.3.
  var usesPrimitive: Bool {
    contraction.size >= 1 << 16 && contraction.n > 1 && contraction.m > 1
  }
}
