# Draws loss-cnn-64.png from loss-cnn-64.csv. To run it again, in this folder: gnuplot loss-cnn-64.gp
reset
if (!exists('image')) image = 'loss-cnn-64.png'
set terminal pngcairo noenhanced size 1100,760 font 'DejaVu Sans,11' background '#ffffff'
set output image
set encoding utf8
set datafile separator comma
set border 3 back lc rgb '#999999' lw 1
set tics out nomirror scale 0.5 textcolor rgb '#333333'
set grid back lt 1 lc rgb '#dddddd' lw 1
set errorbars small
set label 1 'cnn-64: loss of each batch' at screen 0.01818,0.96842 left font ',14' textcolor rgb '#222222'
set multiplot

set lmargin at screen 0.07073
set rmargin at screen 0.97273
set bmargin at screen 0.54605
set tmargin at screen 0.87105
set key at screen 0.07073,0.88026 left bottom horizontal Left reverse maxcols 4 samplen 2.2 textcolor rgb '#333333'
set xlabel 'step' textcolor rgb '#333333'
set label 4 'loss' at screen 0.01636,0.70855 center rotate by 90 textcolor rgb '#333333'
unset logscale x
set logscale y
set xrange [-3.96:102.96]
set yrange [1.9261086938697065:2.453518209771114]
set grid xtics
set xtics norotate scale 0.5 ('0' 0e1, '10' 1e1, '20' 2e1, '30' 3e1, '40' 4e1, '50' 5e1, '60' 6e1, '70' 7e1, '80' 8e1, '90' 9e1, '100' 10e1)
set grid ytics
set ytics scale 0.5 ('2.0' 20e-1, '2.1' 21e-1, '2.2' 22e-1, '2.3' 23e-1, '2.4' 24e-1)
plot 'loss-cnn-64.csv' skip 1 using 1:2 with lines dt 1 lw 3 lc rgb '#0072B2' title 'neuronika', \
  'loss-cnn-64.csv' skip 1 using 1:3 with lines dt '-' lw 1.5 lc rgb '#D55E00' title 'PyTorch', \
  'loss-cnn-64.csv' skip 1 using 1:4 with lines dt '-' lw 1.5 lc rgb '#009E73' title 'PyTorch channels-last', \
  'loss-cnn-64.csv' skip 1 using 1:5 with lines dt '-' lw 1.5 lc rgb '#E69F00' title 'PyTorch compile', \
  'loss-cnn-64.csv' skip 1 using 1:6 with lines dt '-' lw 1.5 lc rgb '#56B4E9' title 'JAX'
unset label
unset object
unset arrow

set lmargin at screen 0.07073
set rmargin at screen 0.97273
set bmargin at screen 0.07632
set tmargin at screen 0.40132
set key at screen 0.07073,0.41053 left bottom horizontal Left reverse maxcols 4 samplen 2.2 textcolor rgb '#333333'
set xlabel 'time since the start [s]' textcolor rgb '#333333'
set label 4 'loss' at screen 0.01636,0.23882 center rotate by 90 textcolor rgb '#333333'
unset logscale x
set logscale y
set xrange [-0.6522561871599121:17.470416760157715]
set yrange [1.9261086938697065:2.453518209771114]
set grid xtics
set xtics norotate scale 0.5 ('0' 0e0, '2' 2e0, '4' 4e0, '6' 6e0, '8' 8e0, '10' 10e0, '12' 12e0, '14' 14e0, '16' 16e0)
set grid ytics
set ytics scale 0.5 ('2.0' 20e-1, '2.1' 21e-1, '2.2' 22e-1, '2.3' 23e-1, '2.4' 24e-1)
plot 'loss-cnn-64.csv' skip 1 using 7:2 with lines dt 1 lw 3 lc rgb '#0072B2' title 'neuronika', \
  'loss-cnn-64.csv' skip 1 using 8:3 with lines dt '-' lw 1.5 lc rgb '#D55E00' title 'PyTorch', \
  'loss-cnn-64.csv' skip 1 using 9:4 with lines dt '-' lw 1.5 lc rgb '#009E73' title 'PyTorch channels-last', \
  'loss-cnn-64.csv' skip 1 using 10:5 with lines dt '-' lw 1.5 lc rgb '#E69F00' title 'PyTorch compile', \
  'loss-cnn-64.csv' skip 1 using 11:6 with lines dt '-' lw 1.5 lc rgb '#56B4E9' title 'JAX'
unset label
unset object
unset arrow

unset multiplot
unset output
