# Draws ratios.png from ratios.csv. To run it again, in this folder: gnuplot ratios.gp
reset
if (!exists('image')) image = 'ratios.png'
set terminal pngcairo noenhanced size 1100,948 font 'DejaVu Sans,11' background '#ffffff'
set output image
set encoding utf8
set datafile separator comma
set border 3 back lc rgb '#999999' lw 1
set tics out nomirror scale 0.5 textcolor rgb '#333333'
set grid back lt 1 lc rgb '#dddddd' lw 1
set errorbars small
set label 1 'Neuronika''s time over the peer''s' at screen 0.01818,0.97468 left font ',14' textcolor rgb '#222222'

set lmargin at screen 0.29364
set rmargin at screen 0.97273
set bmargin at screen 0.06118
set tmargin at screen 0.91772
set key at screen 0.29364,0.92511 left bottom horizontal Left reverse maxcols 1 samplen 2.2 textcolor rgb '#333333'
set xlabel 'ratio, below 1 is faster' textcolor rgb '#333333'
set label 4 '' at screen 0.01636,0.48945 center rotate by 90 textcolor rgb '#333333'
unset logscale x
unset logscale y
set xrange [-0.012627200000000002:1.0389472]
set yrange [28.5:0.5]
set grid xtics
set xtics norotate scale 0.5 ('0' 0e-1, '0.2' 2e-1, '0.4' 4e-1, '0.6' 6e-1, '0.8' 8e-1, '1.0' 10e-1)
set grid noytics
set ytics scale 0 ('linear-regression / PyTorch' 1, 'linear-regression / PyTorch compile' 2, 'linear-regression / JAX' 3, 'linear-regression / NumPy' 4, 'mlp-32 / PyTorch' 5, 'mlp-32 / PyTorch compile' 6, 'mlp-32 / JAX' 7, 'mlp-32 / NumPy' 8, 'mlp-128 / PyTorch' 9, 'mlp-128 / PyTorch compile' 10, 'mlp-128 / JAX' 11, 'mlp-128 / NumPy' 12, 'mlp-512 / PyTorch' 13, 'mlp-512 / PyTorch compile' 14, 'mlp-512 / JAX' 15, 'mlp-512 / NumPy' 16, 'mlp-adam-128 / PyTorch' 17, 'mlp-adam-128 / PyTorch compile' 18, 'mlp-adam-128 / JAX' 19, 'mlp-adam-128 / NumPy' 20, 'cnn-64 / PyTorch' 21, 'cnn-64 / PyTorch channels-last' 22, 'cnn-64 / PyTorch compile' 23, 'cnn-64 / JAX' 24, 'lenet5-64 / PyTorch' 25, 'lenet5-64 / PyTorch channels-last' 26, 'lenet5-64 / PyTorch compile' 27, 'lenet5-64 / JAX' 28)
set arrow from first 1, graph 0 to first 1, graph 1 nohead front dt 2 lw 1.3 lc rgb '#666666'
plot 'ratios.csv' skip 1 using 3:($1 + 0):4:5 with xerrorbars pt 7 ps 1.0 lc rgb '#0072B2' lw 1.6 title 'median, 95 % interval', \
  keyentry with lines dt 2 lw 1.3 lc rgb '#666666' notitle
unset label
unset object
unset arrow
unset output
