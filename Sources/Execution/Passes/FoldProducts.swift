import NeuronikaGraphs

/// Folds bias and relu into the products they follow, as oneDNN post-operations.
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
    func isPrivate(_ value: Int) -> Bool { readers[value] == 1 && !outputs.contains(value) }

    for index in ir.values.indices {
      let value = ir.values[index]
      switch value.kind {
      case .binary(.add, let a, let b):
        for (sum, bias) in [(a, b), (b, a)] {
          guard case .contraction(var product) = ir.values[sum.value].kind, isPrivate(sum.value),
            product.bias == nil, !product.hasRelu, product.usesPrimitive,
            sum.view.isContiguous, sum.view.count == value.shape.count,
            isBias(bias, of: product, in: ir)
          else { continue }
          product.bias = Reference(
            value: bias.value,
            view: StridedView(
              extents: [product.contraction.n], strides: [1], offset: bias.view.offset))
          ir.replace(index, with: .contraction(product))
          readers[sum.value] = 0
          biasCount += 1
          break
        }
      case .unary(.relu, let x):
        guard case .contraction(var product) = ir.values[x.value].kind, isPrivate(x.value),
          !product.hasRelu, product.usesPrimitive, x.view.isContiguous,
          x.view.count == value.shape.count
        else { continue }
        product.hasRelu = true
        ir.replace(index, with: .contraction(product))
        readers[x.value] = 0
        reluCount += 1
      default: break
      }
    }
  }

  /// Whether the summand is one number for each column of the product.
  private func isBias(_ reference: Reference, of product: Product, in ir: IR) -> Bool {
    if case .constant = ir.values[reference.value].kind { return false }
    let view = reference.view.collapsed
    return product.contraction.batch == 1 && view.strides == [0, 1]
      && view.extents == [product.contraction.m, product.contraction.n]
  }
}

extension Product {
  /// Whether the product is large enough for a oneDNN primitive, whose fixed cost is 2.5 µs where
  /// `dnnl_sgemm`'s is 0.3.
  var usesPrimitive: Bool {
    contraction.size >= 1 << 16 && contraction.n > 1 && contraction.m > 1
  }
}
