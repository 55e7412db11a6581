import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

extension Generation {
  mutating func addUnary() {
    let x = operand()!
    let bound = bounds[x]
    let c = numbers.float(0.3...1.7)
    switch numbers.below(6) {
    case 0: addRectifier(x, bound, c)
    case 1, 2: addFunction(x, bound)
    case 3: addPower(x, bound)
    case 4: addStaircase(x, bound, c)
    default: addNumber(x, bound, c)
    }
  }

  private mutating func addRectifier(_ x: Int, _ bound: Float, _ c: Float) {
    switch numbers.below(11) {
    case 0: add(.relu, [x], bound)
    case 1:
      let slope = numbers.pick([0.01, 0.2, -0.3] as [Float])
      add(
        Move("LeakyRelu", "$0.leakyRelu(slope: \(slope))") { $0[0].leakyRelu(slope: slope) }, [x],
        bound)
    case 2: add(Move("Elu", "$0.elu(alpha: \(c))") { $0[0].elu(alpha: c) }, [x], bound + 2)
    case 3: add(Move("Elu", "$0.selu()") { $0[0].selu() }, [x], bound + 2)
    case 4: add(Move("Gelu", "$0.gelu()") { $0[0].gelu() }, [x], bound)
    case 5: add(Move("Gelu", "$0.gelu(.tanh)") { $0[0].gelu(.tanh) }, [x], bound)
    case 6: add(Move("Silu", "$0.silu()") { $0[0].silu() }, [x], bound)
    case 7: add(.softplus, [x], bound + 1)
    case 8: add(Move("Softsign", "$0.softsign()") { $0[0].softsign() }, [x], 1)
    case 9: add(Move("Clamp", "$0.hardtanh()") { $0[0].hardtanh() }, [x], 1)
    default: add(Move("Absolute", "$0.abs()") { $0[0].abs() }, [x], bound)
    }
  }

  private mutating func addFunction(_ x: Int, _ bound: Float) {
    switch numbers.below(13) {
    case 0 where bound <= 3:
      add(
        Move("Exponential", "$0.exp()") { $0[0].exp() }, [x], bound < 1 ? 3 : bound < 2 ? 8 : 21)
    case 1 where bound <= 3:
      add(
        Move("ExponentialMinusOne", "$0.expm1()") { $0[0].expm1() }, [x],
        bound < 1 ? 2 : bound < 2 ? 7 : 20)
    case 2: add(Move("Sigmoid", "$0.sigmoid()") { $0[0].sigmoid() }, [x], 1)
    case 3: add(Move("Sine", "$0.sin()") { $0[0].sin() }, [x], 1)
    case 4: add(Move("Cosine", "$0.cos()") { $0[0].cos() }, [x], 1)
    case 5: add(Move("ErrorFunction", "$0.erf()") { $0[0].erf() }, [x], 1)
    case 6:
      add(
        Move("Logarithm", "($0.softplus() + 0.5).ln()") { ($0[0].softplus() + 0.5).ln() }, [x], 3)
    case 7:
      add(
        Move("LogarithmOnePlus", "$0.softplus().log1p()") { $0[0].softplus().log1p() }, [x], 3)
    case 8:
      add(
        Move("SquareRoot", "($0.abs() + 0.25).sqrt()") { ($0[0].abs() + 0.25).sqrt() }, [x],
        bound + 1)
    case 9:
      add(
        Move("ReciprocalSquareRoot", "($0.softplus() + 0.25).rsqrt()") {
          ($0[0].softplus() + 0.25).rsqrt()
        }, [x], 2)
    case 10:
      add(
        Move("Reciprocal", "($0.softplus() + 0.5).reciprocal()") {
          ($0[0].softplus() + 0.5).reciprocal()
        }, [x], 2)
    default: add(.tanh, [x], 1)
    }
  }

  private mutating func addPower(_ x: Int, _ bound: Float) {
    switch numbers.below(3) {
    case 0:
      let n =
        bound <= 2 ? numbers.pick([0, 1, 2, 2, 3, 4, 5, -1, -2]) : numbers.pick([-1, -2, -3])
      let move =
        n < 0
        ? Move("Power", "($0.sigmoid() + 0.5).pow(\(n))") { ($0[0].sigmoid() + 0.5).pow(n) }
        : Move("Power", "$0.pow(\(n))") { $0[0].pow(n) }
      add(move, [x], 32)
    case 1:
      let e = numbers.pick([0, 0.5, 1, 1.3, -0.7] as [Float])
      add(
        Move("RealPower", "($0.softplus() + 0.5).pow(\(e) as Float)") {
          ($0[0].softplus() + 0.5).pow(e)
        }, [x], bound + 2)
    default: add(Move("Square", "$0.square()") { $0[0].square() }, [x], bound * bound)
    }
  }

  /// Functions whose slope or value jumps at given places.
  private mutating func addStaircase(_ x: Int, _ bound: Float, _ c: Float) {
    switch numbers.below(9) {
    case 0: add(Move("Floor", "$0.floor()") { $0[0].floor() }, [x], bound + 1)
    case 1: add(Move("Ceiling", "$0.ceil()") { $0[0].ceil() }, [x], bound + 1)
    case 2: add(Move("Round", "$0.round()") { $0[0].round() }, [x], bound + 1)
    case 3: add(Move("Absolute", "$0.sign()") { $0[0].sign() }, [x], 1)
    case 4:
      add(Move("Clamp", "$0.clamp(min: \(-c))") { $0[0].clamp(min: -c) }, [x], max(bound, c))
    case 5:
      add(
        Move("Clamp", "$0.clamp(min: -0.5, max: \(c))") { $0[0].clamp(min: -0.5, max: c) }, [x], c)
    case 6:
      add(Move("Maximum", "$0.maximum(\(c))") { $0[0].maximum(c) }, [x], max(bound, c))
    case 7:
      add(Move("Minimum", "$0.minimum(\(c))") { $0[0].minimum(c) }, [x], max(bound, c))
    default: add(Move("Compare", "VarDiff($0 .< \(c))") { VarDiff($0[0] .< c) }, [x], 1)
    }
  }

  private mutating func addNumber(_ x: Int, _ bound: Float, _ c: Float) {
    switch numbers.below(7) {
    case 0: add(Move("Negate", "-$0") { -$0[0] }, [x], bound)
    case 1: add(Move("Add", "$0 + \(c)") { $0[0] + c }, [x], bound + 2)
    case 2: add(Move("Subtract", "\(c) - $0") { c - $0[0] }, [x], bound + 2)
    case 3: add(Move("Divide", "$0 / \(c)") { $0[0] / c }, [x], bound * 4)
    case 4:
      add(
        Move("Divide", "\(c) / ($0.softplus() + 0.5)") { c / ($0[0].softplus() + 0.5) }, [x], 4)
    case 5 where numbers.chance(0.5):
      let (p, seed) = (numbers.float(0.1...0.9), numbers.bits())
      let mode = numbers.chance(0.8)
      // The same numbers whenever the graph is built.
      let move = Move("Dropout", "$0.dropout(probability: \(p), using: …)\(mode ? "" : ", eval")") {
        let trainingMode = TrainingMode()
        trainingMode.isTraining = mode
        return $0[0].dropout(probability: p, mode: trainingMode, using: RandomSource(seed: seed))
      }
      add(move, [x], bound / (1 - p))
    default: add(.timesNumber(c), [x], bound * 2)
    }
  }

  /// Another item whose shape broadcasts with that of x.
  private mutating func partner(of x: Int) -> Int {
    let shape = shape(x)
    if numbers.chance(0.1) { return x }
    if shape.rank < 4 && numbers.chance(0.12) {
      // The same elements under one axis more, which backward sums again.
      add(.unsqueeze(0), [x], bounds[x])
      if numbers.chance(0.5) { add(.tanh, [last], 1) }
      return last
    }
    let limit = limit
    let other = operand { Shape.broadcast(shape, $0).map { $0.count <= limit } ?? false }
    if let other, numbers.chance(0.8) { return other }
    // A leaf that broadcasts, from one side or the other.
    let kept = numbers.below(shape.rank + 1)
    let extents = shape.extents.suffix(kept)
    return leaf(Shape(extents.map { numbers.chance(0.3) ? 1 : $0 }))
  }

  mutating func addBinary() {
    let x = operand()!
    var (left, right) = (x, partner(of: x))
    if numbers.chance(0.5) { (left, right) = (right, left) }
    let (a, b) = (bounds[left], bounds[right])
    switch numbers.below(10) {
    case 0, 1: add(.add, [left, right], a + b)
    case 2: add(Move("Subtract", "$0 - $1") { $0[0] - $0[1] }, [left, right], a + b)
    case 3, 4: add(Move("Multiply", "$0 * $1") { $0[0] * $0[1] }, [left, right], a * b)
    case 5:
      add(
        Move("Divide", "$0 / ($1.softplus() + 0.5)") { $0[0] / ($0[1].softplus() + 0.5) },
        [left, right], a * 2)
    case 6:
      add(Move("Maximum", "$0.maximum($1)") { $0[0].maximum($0[1]) }, [left, right], max(a, b))
    case 7:
      add(Move("Minimum", "$0.minimum($1)") { $0[0].minimum($0[1]) }, [left, right], max(a, b))
    case 8: addComparison(left, right)
    default: addChoice(left, right)
    }
  }

  private mutating func addComparison(_ left: Int, _ right: Int) {
    let move =
      switch numbers.below(5) {
      case 0: Move("Compare", "VarDiff($0 .< $1)") { VarDiff($0[0] .< $0[1]) }
      case 1: Move("Compare", "VarDiff($0 .<= $1)") { VarDiff($0[0] .<= $0[1]) }
      case 2: Move("Compare", "VarDiff($0 .> $1)") { VarDiff($0[0] .> $0[1]) }
      case 3: Move("Compare", "VarDiff($0 .>= $1)") { VarDiff($0[0] .>= $0[1]) }
      default:
        Move("Compare", "VarDiff($0.round() .!= $1.round())") {
          VarDiff($0[0].round() .!= $0[1].round())
        }
      }
    add(move, [left, right], 1)
  }

  private mutating func addChoice(_ left: Int, _ right: Int) {
    let bound = max(bounds[left], bounds[right])
    if numbers.chance(0.5) {
      // A condition from outside, which broadcasts too.
      let extents = shape(numbers.chance(0.5) ? left : right).extents
      let condition = wholeNumbers(
        Shape(extents.map { numbers.chance(0.2) ? 1 : $0 }), below: 2)
      add(
        Move("Where", "$0.where($2, else: $1)") { $0[0].where($0[2], else: $0[1]) },
        [left, right, condition], bound)
    } else {
      add(
        Move("Where", "$0.where($1 .> 0.1, else: $1)") { $0[0].where($0[1] .> 0.1, else: $0[1]) },
        [left, right], bound)
    }
  }
}
