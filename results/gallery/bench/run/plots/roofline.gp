# Draws roofline.png from roofline.csv. To run it again, in this folder: gnuplot roofline.gp
reset
if (!exists('image')) image = 'roofline.png'
set terminal pngcairo noenhanced size 1100,760 font 'DejaVu Sans,11' background '#ffffff'
set output image
set encoding utf8
set datafile separator comma
set border 3 back lc rgb '#999999' lw 1
set tics out nomirror scale 0.5 textcolor rgb '#333333'
set grid back lt 1 lc rgb '#dddddd' lw 1
set errorbars small
set label 1 'Arithmetic against the machine''s limits' at screen 0.01818,0.96842 left font ',14' textcolor rgb '#222222'

set lmargin at screen 0.07073
set rmargin at screen 0.97273
set bmargin at screen 0.07632
set tmargin at screen 0.89737
set key at screen 0.07073,0.90658 left bottom horizontal Left reverse maxcols 4 samplen 2.2 textcolor rgb '#333333'
set xlabel 'operations for each byte [FLOP/B]' textcolor rgb '#333333'
set label 4 'speed [GFLOP/s]' at screen 0.01636,0.48684 center rotate by 90 textcolor rgb '#333333'
set logscale x
set logscale y
set xrange [0.07188309221828178:534.2007253026027]
set yrange [0.41408290409919135:325.5146210928859]
set grid xtics
set xtics norotate scale 0.5 ('0.1' 1e-1, '1' 1e0, '10' 1e1, '100' 1e2)
set grid ytics
set ytics scale 0.5 ('1' 1e0, '10' 1e1, '100' 1e2)
plot 'roofline.csv' skip 1 using 1:2 with lines dt 1 lw 3 lc rgb '#0072B2' title 'arithmetic and memory', \
  'roofline.csv' skip 1 using 3:4 with lines dt '-' lw 1.5 lc rgb '#D55E00' title 'cache', \
  'roofline.csv' skip 1 using 5:6 with points pt 7 ps 1.0 lc rgb '#009E73' title 'training', \
  'roofline.csv' skip 1 using 7:8 with points pt 5 ps 1.0 lc rgb '#E69F00' title 'operations'
unset label
unset object
unset arrow
unset output
