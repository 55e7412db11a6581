import Foundation
import Neuronika

/// The table that ships with the tutorial: solar panels, drawn from a stated law with noise, so that
/// the truth is known.
enum Panels {
  static let target = "power [W]"
  static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Data/panels.csv").path
  /// The standard deviation of the noise, in watts.
  static let noise: Float = 4

  /// The power of a panel in watts.
  ///
  /// A panel of 300 W under 1,000 W/m² at 25 °C; light falls on it at an angle; it loses 0.4 % for
  /// each degree that its cells are warmer, which sun heats and wind cools.
  ///
  /// - Parameters:
  ///   - irradiance: Of the sun, in W/m².
  ///   - angle: Between the sun and the panel's normal, in degrees.
  ///   - temperature: Of the air, in °C.
  ///   - wind: Its speed, in m/s.
  static func power(irradiance: Float, angle: Float, temperature: Float, wind: Float) -> Float {
    let light = irradiance * cos(angle * .pi / 180)
    let cell = temperature + light / 800 * 28 * exp(-0.1 * wind)
    return 300 * light / 1000 * (1 - 0.004 * (cell - 25))
  }

  /// The law for rows of the table.
  static func power(of features: Tensor) -> [Float] {
    (0..<features.shape[0]).map {
      power(
        irradiance: features[$0, 0], angle: features[$0, 1], temperature: features[$0, 2],
        wind: features[$0, 3])
    }
  }

  /// Draws the table anew. The one under `Data` has 1,500 rows and seed 1.
  static func draw(rows: Int, seed: UInt64) -> String {
    withSeed(seed) {
      func column(_ range: Range<Float>) -> [Float] {
        RandomSource.current.draw().uniform([rows], in: range).elements
      }
      let (sun, angle) = (column(100..<1100), column(0..<75))
      let (air, wind) = (column(-10..<35), column(0..<12))
      let noise = Tensor.randn([rows]).elements
      var lines = ["irradiance [W/m²],angle [°],temperature [°C],wind [m/s],power [W]"]
      for row in 0..<rows {
        // The law sees the numbers as the file has them.
        let x = [sun, angle, air, wind].map { String(format: "%.1f", $0[row]) }
        let y = power(
          irradiance: Float(x[0])!, angle: Float(x[1])!, temperature: Float(x[2])!,
          wind: Float(x[3])!)
        lines.append(
          x.joined(separator: ",") + "," + String(format: "%.1f", y + Panels.noise * noise[row]))
      }
      return lines.joined(separator: "\n") + "\n"
    }
  }
}
