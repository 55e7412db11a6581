# Draws loss-mlp-128.png from loss-mlp-128.csv. To run it again, in this folder: gnuplot loss-mlp-128.gp
reset
if (!exists('image')) image = 'loss-mlp-128.png'
set terminal pngcairo noenhanced size 1100,760 font 'DejaVu Sans,11' background '#ffffff'
set output image
set encoding utf8
set datafile separator comma
set border 3 back lc rgb '#999999' lw 1
set tics out nomirror scale 0.5 textcolor rgb '#333333'
set grid back lt 1 lc rgb '#dddddd' lw 1
set errorbars small
set label 1 'mlp-128: loss of each batch' at screen 0.01818,0.96842 left font ',14' textcolor rgb '#222222'
set multiplot

set lmargin at screen 0.07073
set rmargin at screen 0.97273
set bmargin at screen 0.54605
set tmargin at screen 0.89737
set key at screen 0.07073,0.90658 left bottom horizontal Left reverse maxcols 5 samplen 2.2 textcolor rgb '#333333'
set xlabel 'step' textcolor rgb '#333333'
set label 4 'loss' at screen 0.01636,0.72171 center rotate by 90 textcolor rgb '#333333'
unset logscale x
set logscale y
set xrange [-3.96:102.96]
set yrange [1.9713495576473:2.4281583270301432]
set grid xtics
set xtics norotate scale 0.5 ('0' 0e1, '10' 1e1, '20' 2e1, '30' 3e1, '40' 4e1, '50' 5e1, '60' 6e1, '70' 7e1, '80' 8e1, '90' 9e1, '100' 10e1)
set grid ytics
set ytics scale 0.5 ('2.0' 20e-1, '2.1' 21e-1, '2.2' 22e-1, '2.3' 23e-1, '2.4' 24e-1)
plot 'loss-mlp-128.csv' skip 1 using 1:2 with lines dt 1 lw 3 lc rgb '#0072B2' title 'neuronika', \
  'loss-mlp-128.csv' skip 1 using 1:3 with lines dt '-' lw 1.5 lc rgb '#D55E00' title 'PyTorch', \
  'loss-mlp-128.csv' skip 1 using 1:4 with lines dt '-' lw 1.5 lc rgb '#009E73' title 'PyTorch compile', \
  'loss-mlp-128.csv' skip 1 using 1:5 with lines dt '-' lw 1.5 lc rgb '#E69F00' title 'JAX', \
  'loss-mlp-128.csv' skip 1 using 1:6 with lines dt '-' lw 1.5 lc rgb '#56B4E9' title 'NumPy'
unset label
unset object
unset arrow

set lmargin at screen 0.07073
set rmargin at screen 0.97273
set bmargin at screen 0.07632
set tmargin at screen 0.42763
set key at screen 0.07073,0.43684 left bottom horizontal Left reverse maxcols 5 samplen 2.2 textcolor rgb '#333333'
set xlabel 'time since the start [ms]' textcolor rgb '#333333'
set label 4 'loss' at screen 0.01636,0.25197 center rotate by 90 textcolor rgb '#333333'
unset logscale x
set logscale y
set xrange [-12.957040880142415:382.9756268837028]
set yrange [1.9713495576473:2.4281583270301432]
set grid xtics
set xtics norotate scale 0.5 ('0' 0e1, '50' 5e1, '100' 10e1, '150' 15e1, '200' 20e1, '250' 25e1, '300' 30e1, '350' 35e1)
set grid ytics
set ytics scale 0.5 ('2.0' 20e-1, '2.1' 21e-1, '2.2' 22e-1, '2.3' 23e-1, '2.4' 24e-1)
plot 'loss-mlp-128.csv' skip 1 using 7:2 with lines dt 1 lw 3 lc rgb '#0072B2' title 'neuronika', \
  'loss-mlp-128.csv' skip 1 using 8:3 with lines dt '-' lw 1.5 lc rgb '#D55E00' title 'PyTorch', \
  'loss-mlp-128.csv' skip 1 using 9:4 with lines dt '-' lw 1.5 lc rgb '#009E73' title 'PyTorch compile', \
  'loss-mlp-128.csv' skip 1 using 10:5 with lines dt '-' lw 1.5 lc rgb '#E69F00' title 'JAX', \
  'loss-mlp-128.csv' skip 1 using 11:6 with lines dt '-' lw 1.5 lc rgb '#56B4E9' title 'NumPy'
unset label
unset object
unset arrow

unset multiplot
unset output
