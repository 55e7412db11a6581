import NeuronikaTensors
import Testing

private let nan = Tensor(Float.nan)
private let infinity = Tensor(Float.infinity)
private let minusInfinity = Tensor(-Float.infinity)

/// The expected texts are what NumPy 2.4.6 prints for the same `float32` arrays after
/// `numpy.set_printoptions(precision=4)`.
@Suite struct PrintingTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    let name: String
    let tensor: Tensor
    let text: String
    var testDescription: String { name }
  }

  static let samples = [
    Sample(
      name: "a matrix of mixed numbers", tensor: [[1, 2.5], [-3.25, 100]],
      text: """
        [[  1.     2.5 ]
         [ -3.25 100.  ]]
        """),
    Sample(
      name: "nan and the infinities", tensor: [1, nan, minusInfinity, infinity],
      text: """
        [  1.  nan -inf  inf]
        """),
    Sample(
      name: "nothing finite", tensor: [nan, minusInfinity],
      text: """
        [ nan -inf]
        """),
    Sample(
      name: "a ratio above 1000", tensor: [1, 1001],
      text: """
        [1.000e+00 1.001e+03]
        """),
    Sample(
      name: "a ratio of 1000", tensor: [1, 1000],
      text: """
        [   1. 1000.]
        """),
    Sample(
      name: "a million", tensor: [1e6, 2],
      text: """
        [1.e+06 2.e+00]
        """),
    Sample(
      name: "just below a million", tensor: [999_999, 1000],
      text: """
        [999999.   1000.]
        """),
    Sample(
      name: "below a ten-thousandth", tensor: [0.00009, 1e-5],
      text: """
        [9.e-05 1.e-05]
        """),
    Sample(
      name: "more digits than four", tensor: Tensor([1 / 3, 2 / 3, 0.1] as [Float]),
      text: """
        [0.3333 0.6667 0.1   ]
        """),
    Sample(
      name: "zeros that rounding makes", tensor: [1.00004, 2.5],
      text: """
        [1.  2.5]
        """),
    Sample(
      name: "ties, which go to the even digit", tensor: [0.03125, 0.00390625, 0.78125],
      text: """
        [0.0312 0.0039 0.7812]
        """),
    Sample(
      name: "carries to one more digit", tensor: [9.99996, 1],
      text: """
        [10.  1.]
        """),
    Sample(
      name: "the sign of zero", tensor: [-0.0, 0, -1.5],
      text: """
        [-0.   0.  -1.5]
        """),
    Sample(
      name: "the extremes", tensor: [Tensor(Float.leastNonzeroMagnitude), 3.4e38],
      text: """
        [1.4e-45 3.4e+38]
        """),
    Sample(
      name: "a large negative number", tensor: [1.23456789e10, -3, 0],
      text: """
        [ 1.2346e+10 -3.0000e+00  0.0000e+00]
        """),
    Sample(
      name: "exponents beside nan", tensor: [1e10, nan, minusInfinity],
      text: """
        [1.e+10    nan   -inf]
        """),
    Sample(
      name: "three axes", tensor: Tensor.range(0, 24).reshaped(to: [2, 3, 4]),
      text: """
        [[[ 0.  1.  2.  3.]
          [ 4.  5.  6.  7.]
          [ 8.  9. 10. 11.]]

         [[12. 13. 14. 15.]
          [16. 17. 18. 19.]
          [20. 21. 22. 23.]]]
        """),
    Sample(
      name: "a long row", tensor: Tensor((0..<40).map { Float($0) / 7 }),
      text: """
        [0.     0.1429 0.2857 0.4286 0.5714 0.7143 0.8571 1.     1.1429 1.2857
         1.4286 1.5714 1.7143 1.8571 2.     2.1429 2.2857 2.4286 2.5714 2.7143
         2.8571 3.     3.1429 3.2857 3.4286 3.5714 3.7143 3.8571 4.     4.1429
         4.2857 4.4286 4.5714 4.7143 4.8571 5.     5.1429 5.2857 5.4286 5.5714]
        """),
    Sample(
      name: "a long row of exponents", tensor: Tensor((0..<30).map { Float($0) * Float($0) * 1e4 }),
      text: """
        [0.00e+00 1.00e+04 4.00e+04 9.00e+04 1.60e+05 2.50e+05 3.60e+05 4.90e+05
         6.40e+05 8.10e+05 1.00e+06 1.21e+06 1.44e+06 1.69e+06 1.96e+06 2.25e+06
         2.56e+06 2.89e+06 3.24e+06 3.61e+06 4.00e+06 4.41e+06 4.84e+06 5.29e+06
         5.76e+06 6.25e+06 6.76e+06 7.29e+06 7.84e+06 8.41e+06]
        """),
    Sample(
      name: "long rows of a cube",
      tensor: Tensor((0..<60).map { Float($0) / 8 }).reshaped(to: [2, 1, 30]),
      text: """
        [[[0.    0.125 0.25  0.375 0.5   0.625 0.75  0.875 1.    1.125 1.25
           1.375 1.5   1.625 1.75  1.875 2.    2.125 2.25  2.375 2.5   2.625
           2.75  2.875 3.    3.125 3.25  3.375 3.5   3.625]]

         [[3.75  3.875 4.    4.125 4.25  4.375 4.5   4.625 4.75  4.875 5.
           5.125 5.25  5.375 5.5   5.625 5.75  5.875 6.    6.125 6.25  6.375
           6.5   6.625 6.75  6.875 7.    7.125 7.25  7.375]]]
        """),
    Sample(
      name: "a thousand elements in full, wrapped nowhere", tensor: Tensor.ones([1000, 1])[0..<2],
      text: """
        [[1.]
         [1.]]
        """),
    Sample(
      name: "a long vector, summarised", tensor: Tensor.range(0, 2000),
      text: """
        [0.000e+00 1.000e+00 2.000e+00 ... 1.997e+03 1.998e+03 1.999e+03]
        """),
    Sample(
      name: "a large matrix, summarised",
      tensor: Tensor((0..<10_000).map { Float($0) / 16 }).reshaped(to: [100, 100]),
      text: """
        [[0.0000e+00 6.2500e-02 1.2500e-01 ... 6.0625e+00 6.1250e+00 6.1875e+00]
         [6.2500e+00 6.3125e+00 6.3750e+00 ... 1.2312e+01 1.2375e+01 1.2438e+01]
         [1.2500e+01 1.2562e+01 1.2625e+01 ... 1.8562e+01 1.8625e+01 1.8688e+01]
         ...
         [6.0625e+02 6.0631e+02 6.0638e+02 ... 6.1231e+02 6.1238e+02 6.1244e+02]
         [6.1250e+02 6.1256e+02 6.1262e+02 ... 6.1856e+02 6.1862e+02 6.1869e+02]
         [6.1875e+02 6.1881e+02 6.1888e+02 ... 6.2481e+02 6.2488e+02 6.2494e+02]]
        """),
    Sample(
      name: "a flat matrix, summarised along one axis", tensor: Tensor.ones([5, 300]),
      text: """
        [[1. 1. 1. ... 1. 1. 1.]
         [1. 1. 1. ... 1. 1. 1.]
         [1. 1. 1. ... 1. 1. 1.]
         [1. 1. 1. ... 1. 1. 1.]
         [1. 1. 1. ... 1. 1. 1.]]
        """),
    Sample(
      name: "four axes, summarised", tensor: Tensor.ones([2, 1, 40, 20]),
      text: """
        [[[[1. 1. 1. ... 1. 1. 1.]
           [1. 1. 1. ... 1. 1. 1.]
           [1. 1. 1. ... 1. 1. 1.]
           ...
           [1. 1. 1. ... 1. 1. 1.]
           [1. 1. 1. ... 1. 1. 1.]
           [1. 1. 1. ... 1. 1. 1.]]]


         [[[1. 1. 1. ... 1. 1. 1.]
           [1. 1. 1. ... 1. 1. 1.]
           [1. 1. 1. ... 1. 1. 1.]
           ...
           [1. 1. 1. ... 1. 1. 1.]
           [1. 1. 1. ... 1. 1. 1.]
           [1. 1. 1. ... 1. 1. 1.]]]]
        """),
    Sample(
      name: "nothing", tensor: Tensor.zeros([0, 3]),
      text: """
        []
        """),
  ]

  @Test("A tensor prints as NumPy prints it", arguments: samples)
  func likeNumPy(_ sample: Sample) {
    #expect(sample.tensor.description == sample.text)
  }

  @Test(
    "A scalar prints with all its digits, as NumPy's float32 does",
    arguments: [
      (1 / 3, "0.33333334"),
      (3, "3.0"),
      (1e-5, "1e-05"),
      (123_456_792, "1.2345679e+08"),
      (0.00012, "0.00012"),
      (-0.0, "-0.0"),
      (999_999, "999999.0"),
      (1e6, "1e+06"),
      (1_234_567, "1.234567e+06"),
      (2.5e-7, "2.5e-07"),
      (16_777_216, "1.6777216e+07"),
    ] as [(Float, String)])
  func scalars(_ value: Float, _ text: String) {
    #expect(Tensor(value).description == text)
  }

  @Test("Scalars that aren't finite have names")
  func specialScalars() {
    #expect(nan.description == "nan")
    #expect(infinity.description == "inf")
    #expect(minusInfinity.description == "-inf")
  }

  @Test("The debug description begins with the shape")
  func debugDescription() {
    let matrix: Tensor = [[1, 2], [3, 4]]
    #expect(matrix.debugDescription == "Tensor [2, 2]\n[[1. 2.]\n [3. 4.]]")
    #expect(Tensor(1.5).debugDescription == "Tensor [] 1.5")
    #expect(Tensor.zeros([0, 3]).debugDescription == "Tensor [0, 3]\n[]")
  }

  @Test("Precision, threshold, edge items and line width can be chosen")
  func options() {
    let thirds = Tensor((0..<5).map { Float($0) / 3 })
    #expect(
      thirds.formatted(precision: 8, lineWidth: 30) == """
        [0.         0.33333334
         0.6666667  1.
         1.3333334 ]
        """)
    #expect(
      Tensor.range(0, 9).formatted(threshold: 5, edgeItems: 2) == "[0. 1. ... 7. 8.]")
  }
}
