# Draws loss-lenet5-64.png from loss-lenet5-64.csv. To run it again, in this folder: gnuplot loss-lenet5-64.gp
reset
if (!exists('image')) image = 'loss-lenet5-64.png'
set terminal pngcairo noenhanced size 1100,760 font 'DejaVu Sans,11' background '#ffffff'
set output image
set encoding utf8
set datafile separator comma
set border 3 back lc rgb '#999999' lw 1
set tics out nomirror scale 0.5 textcolor rgb '#333333'
set grid back lt 1 lc rgb '#dddddd' lw 1
set errorbars small
set label 1 'lenet5-64: loss of each batch' at screen 0.01818,0.96842 left font ',14' textcolor rgb '#222222'
set multiplot

set lmargin at screen 0.07855
set rmargin at screen 0.97273
set bmargin at screen 0.54605
set tmargin at screen 0.87105
set key at screen 0.07855,0.88026 left bottom horizontal Left reverse maxcols 4 samplen 2.2 textcolor rgb '#333333'
set xlabel 'step' textcolor rgb '#333333'
set label 4 'loss' at screen 0.01636,0.70855 center rotate by 90 textcolor rgb '#333333'
unset logscale x
set logscale y
set xrange [-3.96:102.96]
set yrange [2.159469345200284:2.421426337594724]
set grid xtics
set xtics norotate scale 0.5 ('0' 0e1, '10' 1e1, '20' 2e1, '30' 3e1, '40' 4e1, '50' 5e1, '60' 6e1, '70' 7e1, '80' 8e1, '90' 9e1, '100' 10e1)
set grid ytics
set ytics scale 0.5 ('2.20' 220e-2, '2.25' 225e-2, '2.30' 230e-2, '2.35' 235e-2, '2.40' 240e-2)
plot 'loss-lenet5-64.csv' skip 1 using 1:2 with lines dt 1 lw 3 lc rgb '#0072B2' title 'neuronika', \
  'loss-lenet5-64.csv' skip 1 using 1:3 with lines dt '-' lw 1.5 lc rgb '#D55E00' title 'PyTorch', \
  'loss-lenet5-64.csv' skip 1 using 1:4 with lines dt '-' lw 1.5 lc rgb '#009E73' title 'PyTorch channels-last', \
  'loss-lenet5-64.csv' skip 1 using 1:5 with lines dt '-' lw 1.5 lc rgb '#E69F00' title 'PyTorch compile', \
  'loss-lenet5-64.csv' skip 1 using 1:6 with lines dt '-' lw 1.5 lc rgb '#56B4E9' title 'JAX'
unset label
unset object
unset arrow

set lmargin at screen 0.07855
set rmargin at screen 0.97273
set bmargin at screen 0.07632
set tmargin at screen 0.40132
set key at screen 0.07855,0.41053 left bottom horizontal Left reverse maxcols 4 samplen 2.2 textcolor rgb '#333333'
set xlabel 'time since the start [ms]' textcolor rgb '#333333'
set label 4 'loss' at screen 0.01636,0.23882 center rotate by 90 textcolor rgb '#333333'
unset logscale x
set logscale y
set xrange [-36.46789224005752:991.9230992414957]
set yrange [2.159469345200284:2.421426337594724]
set grid xtics
set xtics norotate scale 0.5 ('0' 0e2, '100' 1e2, '200' 2e2, '300' 3e2, '400' 4e2, '500' 5e2, '600' 6e2, '700' 7e2, '800' 8e2, '900' 9e2)
set grid ytics
set ytics scale 0.5 ('2.20' 220e-2, '2.25' 225e-2, '2.30' 230e-2, '2.35' 235e-2, '2.40' 240e-2)
plot 'loss-lenet5-64.csv' skip 1 using 7:2 with lines dt 1 lw 3 lc rgb '#0072B2' title 'neuronika', \
  'loss-lenet5-64.csv' skip 1 using 8:3 with lines dt '-' lw 1.5 lc rgb '#D55E00' title 'PyTorch', \
  'loss-lenet5-64.csv' skip 1 using 9:4 with lines dt '-' lw 1.5 lc rgb '#009E73' title 'PyTorch channels-last', \
  'loss-lenet5-64.csv' skip 1 using 10:5 with lines dt '-' lw 1.5 lc rgb '#E69F00' title 'PyTorch compile', \
  'loss-lenet5-64.csv' skip 1 using 11:6 with lines dt '-' lw 1.5 lc rgb '#56B4E9' title 'JAX'
unset label
unset object
unset arrow

unset multiplot
unset output
