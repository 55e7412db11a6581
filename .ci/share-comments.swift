// Gives overloads without a comment the longest one of their siblings, in a symbol graph: DocC shows
// a group of overloads with the comment of one that it chooses, which need not be the documented one.

import Foundation

let file = URL(fileURLWithPath: CommandLine.arguments[1])
var graph = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as! [String: Any]
var symbols = graph["symbols"] as! [[String: Any]]

func lines(_ symbol: [String: Any]) -> Int {
  let comment = symbol["docComment"] as? [String: Any]
  return (comment?["lines"] as? [Any])?.count ?? 0
}

let groups = Dictionary(grouping: symbols.indices) { symbols[$0]["pathComponents"] as! [String] }
for overloads in groups.values {
  let best = overloads.max { lines(symbols[$0]) < lines(symbols[$1]) }!
  for overload in overloads where lines(symbols[overload]) == 0 {
    symbols[overload]["docComment"] = symbols[best]["docComment"]
  }
}

graph["symbols"] = symbols
try JSONSerialization.data(withJSONObject: graph).write(to: file)
