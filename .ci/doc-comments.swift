// Of a symbol graph: fails if a public symbol has no comment, and gives overloads without one the
// longest of their siblings. DocC shows a group of overloads with the comment of one that it chooses,
// which need not be the documented one.

import Foundation

let file = URL(fileURLWithPath: CommandLine.arguments[1])
var graph = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as! [String: Any]
var symbols = graph["symbols"] as! [[String: Any]]

func path(_ symbol: [String: Any]) -> [String] { symbol["pathComponents"] as! [String] }

func lines(_ symbol: [String: Any]) -> Int {
  let comment = symbol["docComment"] as? [String: Any]
  return (comment?["lines"] as? [Any])?.count ?? 0
}

/// Cases may be named so that nothing is left to say; what a property wrapper makes has no place for
/// a comment.
func needsComment(_ symbol: [String: Any]) -> Bool {
  let kind = (symbol["kind"] as! [String: Any])["identifier"] as! String
  return kind != "swift.enum.case" && !path(symbol).last!.hasPrefix("$")
}

func place(_ symbol: [String: Any]) -> String {
  guard let location = symbol["location"] as? [String: Any], let uri = location["uri"] as? String,
    let position = location["position"] as? [String: Int]
  else { return "" }
  return "\(uri.replacingOccurrences(of: "file://", with: "")):\(position["line"]! + 1): "
}

var isComplete = true
for overloads in Dictionary(grouping: symbols.indices, by: { path(symbols[$0]) }).values {
  let best = overloads.max { lines(symbols[$0]) < lines(symbols[$1]) }!
  if lines(symbols[best]) == 0, needsComment(symbols[best]) {
    print(
      "\(place(symbols[best]))error: \(path(symbols[best]).joined(separator: ".")) has no comment")
    isComplete = false
  }
  for overload in overloads where lines(symbols[overload]) == 0 {
    symbols[overload]["docComment"] = symbols[best]["docComment"]
  }
}

graph["symbols"] = symbols
try JSONSerialization.data(withJSONObject: graph).write(to: file)
exit(isComplete ? 0 : 1)
